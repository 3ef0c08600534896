// Only the widgets that are used are loaded: all of blessed-contrib would be 24 MB.
declare module 'blessed-contrib/lib/widget/map.js' {
  import type { Widgets } from 'blessed';

  interface MapElement extends Widgets.BoxElement {
    readonly ctx: {
      /** The canvas drawn on. `frame` gives braille characters with SGR colours, a line a row. */
      readonly canvas: { frame(): string };
    };
    /** Exists once the element is on a screen. Undefined outside the map. */
    readonly innerMap: {
      degreesOfLongitudeToScreenX(degrees: number): number | undefined;
      degreesOfLatitudeToScreenY(degrees: number): number | undefined;
    };
  }
  export default function createMap(options: Widgets.BoxOptions): MapElement;
}
