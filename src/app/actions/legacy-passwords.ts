import { legacyLines } from '../../words/legacy-passwords.js';
import type { ActionContext } from './context.js';

/** Moves passwords that other programs left in servers.json, and reports the outcome. */
export async function moveLegacyPasswords(context: ActionContext): Promise<void> {
  const { ports, messages, store, run } = context;
  // Ignore an unreadable file: the list reports it.
  const onError = (): void => undefined;
  const title = 'Looking for passwords in servers.json';
  await run({ title, onError, quiet: true }, async () => {
    const outcome = await ports.moveLegacyPasswords();
    const names = { path: 'servers.json', store: store.state.keystore.title };
    for (const { style, text } of legacyLines(outcome, names)) messages.news(style, text);
  });
}
