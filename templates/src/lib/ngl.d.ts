// The part of NGL that the viewer uses; the package's own declarations describe its sources, not its bundle.
declare module "ngl/dist/ngl.js" {
  export interface Structure {
    readonly atomCount: number;
    readonly bondCount: number;
    eachAtom(
      visit: (atom: { readonly element: string; readonly x: number; readonly y: number; readonly z: number }) => void,
    ): void;
  }
  export interface StructureComponent {
    readonly structure?: Structure;
    addRepresentation(kind: string, parameters?: object): void;
    removeAllRepresentations(): void;
    getCenter(): object;
    getZoom(): number;
  }
  export class Stage {
    constructor(element: HTMLElement, parameters?: object);
    loadFile(file: Blob, parameters: object): Promise<StructureComponent>;
    setParameters(parameters: object): void;
    readonly animationControls: { zoomMove(centre: object, zoom: number, milliseconds: number): void };
    /** Writes to the console. */
    log: (text: string) => void;
    readonly tasks: { onZeroOnce(done: () => void): void };
    readonly viewer: { render(): void };
    handleResize(): void;
    dispose(): void;
  }
}
