import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/core/time.js';
import type { ServerRow } from '../../src/app/server-rows.js';
import { SERVER_COLUMNS, toListRows } from '../../src/screens/servers/columns.js';
import { droplet } from '../app/fakes/fake-digitalocean.js';
import { EDGE, FakeWorld } from '../app/fakes/fake-world.js';
import { listRow, placeColumns, widestCells } from '../../src/widgets/columns.js';
import { plain, style, type Text } from '../../src/widgets/markup.js';

const LONG = 'a-label-of-thirty-two-characters';

function server(label: string, word: string, latency: string, badge = ''): readonly Text[] {
  return ['●', label, badge, word, '', 'fra1', '203.0.113.42', latency, '', '', 'DigitalOcean'];
}

/** The rows as they stand in a list that is `room` wide. */
function drawn(room: number, ...rows: readonly (readonly Text[])[]): string[] {
  const places = placeColumns(SERVER_COLUMNS, widestCells(SERVER_COLUMNS, rows, false), room);
  return rows.map((cells) => plain(listRow(cells, SERVER_COLUMNS, places, room)).trimEnd());
}

describe('the columns of the servers list', () => {
  // What borders, pointer and scroll bar leave of 60, 80 and, beside the details, 111 columns.
  const [at60, at80, at111] = [55, 75, 62] as const;

  it('cut a long label before they drop anything but the provider', () => {
    const rows = [server(LONG, 'online', '21 ms', 'ACTIVE'), server('lab', 'offline', '–')];
    expect(drawn(at80, ...rows)).toEqual([
      '●  a-label-of-thirty-two-ch…  ACTIVE  online   fra1  203.0.113.42     21 ms',
      '●  lab                                offline  fra1  203.0.113.42         –',
    ]);
    expect(drawn(at111, ...rows)[0]).toBe(
      '●  a-label-of-…  ACTIVE  online   fra1  203.0.113.42     21 ms',
    );
  });

  it('drop the latency first where there is no room for all, and keep the address', () => {
    const rows = [
      server('fra1-edge', 'online', '21 ms', 'ACTIVE'),
      server('old-box', 'cert. needed', '–'),
    ];
    expect(drawn(at60, ...rows)).toEqual([
      '●  fra1-edge  ACTIVE  online        fra1  203.0.113.42',
      '●  old-box            cert. needed  fra1  203.0.113.42',
    ]);
  });

  it('keep the state in words to the last', () => {
    const rows = [server(LONG, 'cert. changed', '–', 'ACTIVE')];
    for (let room = 30; room < 130; room += 1)
      expect(drawn(room, ...rows)[0]).toMatch(/^● {2}a-label-of.* cert\. changed/);
  });

  it('give the room of a badge that no row has to the others', () => {
    expect(drawn(at60, server('fra1-edge', 'online', '21 ms'))).toEqual([
      '●  fra1-edge  online  fra1  203.0.113.42     21 ms',
    ]);
  });

  it('keep a certificate that ends soon in each width, and have no column for it otherwise', () => {
    const ending = server(LONG, 'online', '21 ms', 'ACTIVE').with(4, '6 days');
    for (let room = 32; room < 130; room += 1) expect(drawn(room, ending)[0]).toContain('6 days');
    const rows = [server('lab', 'online', '21 ms')];
    const titled = widestCells(SERVER_COLUMNS, rows, true);
    expect(titled[SERVER_COLUMNS.findIndex(({ id }) => id === 'certificate')]).toBe(0);
  });

  it('leave a provisioning the row behind its label', () => {
    const making = ['◐', 'sgp1-new', 'provisioning 6/11  Connecting via SSH'];
    expect(drawn(at60, making)).toEqual(['◐  sgp1-new  provisioning 6/11  Connecting via SSH']);
    expect(drawn(at60, server('lab', 'online', '9 ms'), making)[1]).toBe(
      '◐  sgp1-new  provisioning 6/11  Connecting via SSH',
    );
  });
});

describe('a row of the servers list', () => {
  const health = { state: 'online', since: 0, latencyMs: 21, version: '1.0' } as const;
  const server = {
    kind: 'server' as const,
    id: EDGE.id,
    server: EDGE,
    health: { health, samples: [] },
    strip: undefined,
    missing: undefined,
    certificateEndsAt: undefined,
    publicEndsAt: undefined,
    busy: false,
  } satisfies ServerRow;
  const now = Date.parse('2026-11-23');
  const endsIn = (days: number): ServerRow & { readonly kind: 'server' } => ({
    ...server,
    certificateEndsAt: now + days * DAY_MS,
  });

  function drawnRow(row: ServerRow): string {
    return drawn(90, toListRows([row], now)[0]!.cells)[0]!;
  }

  it('says what it carries: health, what is missing, and what is being done', () => {
    expect(drawnRow(server)).toMatch(/^● {2}fra1-edge {2}ACTIVE {2}online {2}fra1 .* 21 ms/);
    expect(drawnRow({ ...server, missing: 'gone' })).toContain('droplet is gone');
    expect(drawnRow({ ...server, busy: true })).toContain('working');
  });

  it('has a cell in each column, a provisioning up to where it runs on', async () => {
    const unlisted = { droplet: droplet(7), operationId: undefined, operation: undefined };
    const { operations } = new FakeWorld();
    operations.add({ label: 'new', region: 'fra1' });
    const [operation] = await operations.list();
    const rows: readonly ServerRow[] = [
      server,
      { kind: 'unlisted', id: 'droplet 7', unlisted, busy: false },
      { kind: 'operation', id: 'op1', operation: operation! },
    ];
    const { length } = SERVER_COLUMNS;
    expect(toListRows(rows, now).map(({ cells }) => cells.length)).toEqual([length, length, 3]);
    expect(drawnRow(rows[2]!)).toMatch(/new {2}provisioning/);
  });

  it.each([
    [30, '30 days', 'warn'],
    [8, '8 days', 'warn'],
    [7, '7 days', 'danger'],
    [1, '1 day', 'danger'],
    [0.5, 'today', 'danger'],
    [-1, 'expired', 'danger'],
  ] as const)('says that its certificate ends in %s days, in its colour', (days, text, colour) => {
    const cells = toListRows([endsIn(days)], now)[0]!.cells;
    expect(cells).toContainEqual(style(colour, text));
    expect(drawnRow(endsIn(days))).toContain(`online  ${text}`);
  });

  it('says nothing of a certificate with more time, and of one whose end is not known', () => {
    expect(drawnRow(endsIn(31.5))).toBe(drawnRow(server));
  });

  it('says which certificate ends first, its own or a public one of its panel', () => {
    const publicEndsAt = now + 3 * DAY_MS;
    expect(drawnRow({ ...endsIn(20), publicEndsAt })).toContain('3 days');
  });

  it('is found by the word that says it', () => {
    expect(toListRows([endsIn(6)], now)[0]!.facts).toContain('certificate expires in 6 days');
    expect(toListRows([endsIn(60)], now)[0]!.facts).not.toContain('certificate');
  });
});
