import { accessLines } from '../../app/actions/access-lines.js';
import { findBrowser } from '../../services/browser/browser.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import { dialogText } from '../dialog-text.js';
import { placeFacts } from '../place-facts.js';
import { say } from '../say.js';
import type { World } from '../world.js';

/** Opens the panel where there is a browser; says where it is, and how its certificate gets into one. The exit code. */
export async function openPanel(world: World, server: ServerEntry): Promise<number> {
  const browser = findBrowser(process.env);
  await browser?.open(server.panelUrl);
  say(world, browser === undefined ? 'No browser here. The panel is at' : 'The panel is open at');
  say(world, server.panelUrl);
  const { keystore, keychain } = world;
  const environment = { ...placeFacts(process.env), hasKeychain: keychain !== undefined };
  // What it is called is known once it was chosen; where none works the rest is said all the same.
  await world.stores?.choose().catch(() => undefined);
  const lines = accessLines(server, { environment, keystore }, browser !== undefined);
  for (const line of dialogText(lines)) say(world, line);
  return 0;
}
