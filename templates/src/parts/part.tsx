// Pieces whose script is loaded when they are first shown.
import type { ComponentType } from "preact";
import { viewer } from "../entry";
import { useLoaded } from "./use";

/** A component that the script of a viewer exports under a name; nothing is shown until it is there. */
export function part<Props extends object>(script: string, name: string): ComponentType<Props> {
  return (props: Props) => {
    const { value } = useLoaded(() => viewer<Readonly<Record<string, ComponentType<Props>>>>(script), []);
    const Part = value?.[name];
    return Part ? <Part {...props} /> : null;
  };
}
