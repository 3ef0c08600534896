import { quoted } from '../core/errors.js';
import type { Config } from '../core/config.js';
import { COMMANDS } from '../screens/shell/keys.js';
import { checkKeys } from '../screens/shell/check-keys.js';
import { didYouMean, readConfigFile } from '../services/files/config-file.js';

/** The file of the home folder, with the keys that the screens can take; undefined without one. */
export async function loadConfig(home: string): Promise<Config | undefined> {
  const config = await readConfigFile(home);
  if (config === undefined) return undefined;
  const { keys, problems, unknown } = checkKeys(COMMANDS, config.keys);
  const ids = [...new Set(COMMANDS.map(({ id }) => id))];
  const unknownIds = await Promise.all(
    unknown.map(async (id) => {
      const words = await didYouMean(id, ids);
      return `There is no command ${quoted(id)}${words}.`;
    }),
  );
  return { ...config, keys, problems: [...config.problems, ...unknownIds, ...problems] };
}
