import type { Size } from '../layout.js';
import type { Stage } from '../terminal/stage.js';

/** A map of the world in braille characters, and where places are on it. */
export interface Coastlines {
  readonly lines: readonly string[];
  /** Cell of a place; undefined outside the map. */
  locate(
    latitude: number,
    longitude: number,
  ): { readonly x: number; readonly y: number } | undefined;
}

/** Pixels of a braille character. */
const DOTS = { x: 2, y: 4 };
/** blessed-contrib leaves this many columns of its element empty. */
const UNUSED_COLUMNS = 6;
/** Parts of the picture above and below the land that is drawn (Antarctica is not). */
const EMPTY_ABOVE = 2 / 24;
const EMPTY_BELOW = 5 / 24;

/** Rows a column: somewhat taller than the projection is, as maps on walls are. */
const TALLEST = 0.28;

/** Draws the map offstage with blessed-contrib, which is loaded on first use (about 40 ms). */
export async function drawCoastlines(stage: Stage, size: Size): Promise<Coastlines> {
  const { default: createMap } = await import('blessed-contrib/lib/widget/map.js');
  const rows = Math.min(size.height, Math.ceil(size.width * TALLEST));
  const height = Math.ceil(rows / (1 - EMPTY_ABOVE - EMPTY_BELOW));
  const { screen } = stage;
  const map = createMap({ screen, width: size.width + UNUSED_COLUMNS, height, hidden: true });
  return stage.offstage(map, () => {
    const above = Math.round(height * EMPTY_ABOVE);
    const { innerMap, ctx } = map;
    return {
      lines: withoutColours(ctx.canvas.frame())
        .split('\n')
        .slice(above, above + rows),
      locate: (latitude, longitude) => {
        const x = innerMap.degreesOfLongitudeToScreenX(longitude);
        const y = innerMap.degreesOfLatitudeToScreenY(latitude);
        if (x === undefined || y === undefined) return undefined;
        return { x: Math.floor(x / DOTS.x), y: Math.floor(y / DOTS.y) - above };
      },
    };
  });
}

function withoutColours(frame: string): string {
  // oxlint-disable-next-line no-control-regex -- SGR
  return frame.replace(/\x1b\[[\d;]*m/g, '');
}
