import { messageOf } from '../core/errors.js';
import type { Size } from './layout.js';
import { fit, glyph, join, type Markup, plain, slice, style, text, width } from './markup.js';
import type { Stage } from './terminal/stage.js';
import type { StyleName } from './theme.js';
import { PaintedWidget } from './widget.js';

/** A map of the world in braille characters, and where places are on it. */
interface Coastlines {
  readonly lines: readonly string[];
  /** Cell of a place; undefined outside the map. */
  locate(
    latitude: number,
    longitude: number,
  ): { readonly x: number; readonly y: number } | undefined;
}

export interface MapMarker {
  readonly id: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly style: StyleName;
}

export interface WorldMapData {
  readonly markers: readonly MapMarker[];
  /** Drawn last, with its id beside it as on a selected row. */
  readonly selected?: string | undefined;
}

/** A world map with markers. Shows nothing with reduced motion: ask `available`. */
export class WorldMap extends PaintedWidget {
  private data: WorldMapData = { markers: [] };
  private drawn: { readonly size: Size; readonly map: Coastlines } | undefined;
  private drawing = false;
  private failure: string | undefined;
  private disposed = false;

  get available(): boolean {
    return !this.terminal.capabilities.reducedMotion;
  }

  set(data: WorldMapData): void {
    this.data = data;
    this.surface.invalidate();
  }

  override dispose(): void {
    this.disposed = true;
    super.dispose();
  }

  protected override paint(size: Size): readonly Markup[] {
    if (!this.available || size.width < 20 || size.height < 6) return [];
    const drawn = this.drawn;
    if (drawn === undefined || drawn.size.width !== size.width || drawn.size.height !== size.height)
      this.draw(size);
    if (this.failure !== undefined) return [style('muted', text(` no map: ${this.failure}`))];
    return drawn === undefined ? [] : this.withMarkers(drawn.map, size);
  }

  /** Off the painting's way: loading and drawing take some ten milliseconds. */
  private draw(size: Size): void {
    if (this.drawing) return;
    this.drawing = true;
    drawCoastlines(this.terminal.stage, size)
      .then(
        (map) => {
          this.drawn = { size, map };
        },
        (thrown: unknown) => {
          this.failure = messageOf(thrown);
        },
      )
      .finally(() => {
        this.drawing = false;
        if (!this.disposed) this.surface.invalidate();
      });
  }

  private withMarkers(map: Coastlines, size: Size): Markup[] {
    const shown = this.ascii ? map.lines.map(inAscii) : map.lines;
    const lines = shown.map((line) => fit(style('muted', line), size.width));
    const { markers, selected } = this.data;
    const chosenLast = [
      ...markers.filter(({ id }) => id !== selected),
      ...markers.filter(({ id }) => id === selected),
    ];
    for (const marker of chosenLast) {
      const at = map.locate(marker.latitude, marker.longitude);
      const line = at === undefined ? undefined : lines[at.y];
      if (at === undefined || line === undefined) continue;
      const chosen = marker.id === selected;
      // Without the colour that the sign has of its own: here it means the latency.
      const sign = style(marker.style, plain(glyph(chosen ? 'current' : 'online')));
      lines[at.y] = put(line, at.x, chosen ? style('strong', sign) : sign);
      if (chosen) lines[at.y] = put(lines[at.y]!, at.x + 1, style('selected', ` ${marker.id} `));
    }
    return lines;
  }
}

/** Draws the dots of each braille character as few or many. */
function inAscii(line: string): string {
  return line.replace(/[\u2800-\u28ff]/g, (char) => {
    const dots = (char.codePointAt(0)! - 0x2800).toString(2).replaceAll('0', '').length;
    return dots === 0 ? ' ' : dots <= MANY_DOTS ? '.' : ':';
  });
}

const MANY_DOTS = 3;

/** Replaces what is at column `x`. Nothing grows: what does not fit stays away. */
function put(line: Markup, x: number, part: Markup): Markup {
  const [total, size] = [width(line), width(part)];
  if (x < 0 || x + size > total) return line;
  return join([slice(line, 0, x), part, slice(line, x + size, total)]);
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
async function drawCoastlines(stage: Stage, size: Size): Promise<Coastlines> {
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
