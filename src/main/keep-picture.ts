import { isUnderWay } from '../app/server-rows.js';
import type { AppState } from '../app/state.js';
import type { Store } from '../app/store.js';
import { ageChangesAt } from '../words/formats.js';
import type { Terminal } from '../widgets/terminal/terminal.js';
import { PICTURE_FILE, type PictureStart } from './first-picture.js';
import { keepRecord } from './keep-compiled.js';

/**
 * Keeps the first frame for the next start that the same facts decide, where that is the list and nothing passing. To be
 * made before the frame; what it gives is called once things are calm, and never rejects.
 */
export function pictureKeeper(
  start: PictureStart | undefined,
  terminal: Terminal,
  store: Store,
): () => Promise<void> {
  let state: AppState | undefined;
  const from = Date.now();
  let isTyped = false;
  const key = terminal.onKey(() => (isTyped = true));
  const frame = terminal.onFrame(() => {
    // A frame that answers a key is not the one of the next start.
    if (!isTyped) ({ state } = store);
    key.dispose();
    frame.dispose();
  });
  return async () => {
    const { firstFrame } = terminal;
    if (start === undefined || firstFrame === undefined || state === undefined) return;
    if (firstFrame.bytes === start.shown || !isCalm(state)) return;
    const { width: columns, height: rows } = firstFrame;
    const head = { key: start.key, columns, rows, from, until: changesAt(state, from) };
    await keepRecord(start.home, PICTURE_FILE, { head, body: Buffer.from(firstFrame.bytes) });
  };
}

/** Shows the list, and nothing that came up or moves. */
function isCalm({ servers, routes, overlay, dialogs, toasts, operations }: AppState): boolean {
  const isList = routes.length === 1 && servers.loaded && servers.error === undefined;
  const isBusy = operations.list.some(isUnderWay);
  return isList && !isBusy && overlay === undefined && dialogs.length + toasts.length === 0;
}

/** When the frame would say another time: an age, or the date of today. */
function changesAt({ servers }: AppState, now: number): number {
  const ages = servers.list.map(({ createdAt }) => ageChangesAt(Date.parse(createdAt), now));
  return Math.min(new Date(now).setHours(24, 0, 0, 0), ...ages.filter(Number.isFinite));
}
