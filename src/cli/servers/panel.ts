import { accessLines } from '../../app/actions/access-lines.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import { dialogText } from '../dialog-text.js';
import { say } from '../say.js';
import { commandWork } from '../work.js';
import type { World } from '../world.js';

/** Opens the panel where there is a browser; says where it is, and how its certificate gets into one. The exit code. */
export async function openPanel(world: World, server: ServerEntry): Promise<number> {
  const work = await commandWork(world, { words: `servers panel ${server.label}` });
  const { hasBrowser } = work.environment;
  await work.openUrl(server.panelUrl);
  say(world, hasBrowser ? 'The panel is open at' : 'No browser here. The panel is at');
  say(world, server.panelUrl);
  // What it is called is known once it was chosen; where none works the rest is said all the same.
  await world.stores?.choose().catch(() => undefined);
  const lines = accessLines(server, work, hasBrowser);
  for (const line of dialogText(lines)) say(world, line);
  return 0;
}
