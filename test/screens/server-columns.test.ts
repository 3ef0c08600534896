import { describe, expect, it } from 'vitest';
import { SERVER_COLUMNS } from '../../src/screens/servers/rows.view.js';
import { placeColumns, widestCells } from '../../src/widgets/columns.js';
import { listRow } from '../../src/widgets/columns.js';
import { plain, type Text } from '../../src/widgets/markup.js';

const LONG = 'a-label-of-thirty-two-characters';

function server(label: string, word: string, latency: string, badge = ''): readonly Text[] {
  return ['●', label, badge, word, 'fra1', '203.0.113.42', latency, 'DigitalOcean'];
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

  it('drop the address first where there is no room for all', () => {
    const rows = [
      server('fra1-edge', 'online', '21 ms', 'ACTIVE'),
      server('old-box', 'cert. needed', '–'),
    ];
    expect(drawn(at60, ...rows)).toEqual([
      '●  fra1-edge  ACTIVE  online        fra1     21 ms',
      '●  old-box            cert. needed  fra1         –',
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

  it('leave a provisioning the row behind its label', () => {
    const making = ['◐', 'sgp1-new', 'provisioning 6/11  Connecting via SSH'];
    expect(drawn(at60, making)).toEqual(['◐  sgp1-new  provisioning 6/11  Connecting via SSH']);
    expect(drawn(at60, server('lab', 'online', '9 ms'), making)[1]).toBe(
      '◐  sgp1-new  provisioning 6/11  Connecting via SSH',
    );
  });
});
