/** Keys that sentences name, by the id of their command, as they are without a person's own. */
export const USUAL_KEYS = {
  accounts: 'T',
  doctor: 'D',
  leave: 'q',
  secrets: 'K',
  'provisioning.background': 'b',
  'provisioning.cancel': 'x',
  'provisioning.clean-up': 'c',
  'provisioning.dismiss': 'X',
  'provisioning.resume': 'u',
  'provisioning.retry': 'r',
  'provisioning.set-up': 'o',
  'servers.access': 'I',
  'servers.activate': 's',
  'servers.adopt': 'A',
  'servers.certificate': 'c',
  'servers.create': 'n',
  'servers.destroy': 'd',
  'servers.open': 'Enter',
  'servers.power': 'P',
  'servers.recover': 'C',
  'servers.refresh': 'r',
  'servers.remove': 'x',
  'servers.set-up': 'o',
  'servers.team': 'w',
  'team.new': 'n',
} as const;

export type NamedCommand = keyof typeof USUAL_KEYS;

let own: Readonly<Record<string, string>> = {};

/** Key of a command for a sentence, as this person has it: `Press ${keyOf('servers.destroy')} to remove it.` */
export function keyOf(command: NamedCommand): string {
  return own[command] ?? USUAL_KEYS[command];
}

/** Takes the keys of a person's own, as they are shown, for every sentence from now on; none: the usual ones. */
export function useKeys(keys: Readonly<Record<string, string>>): void {
  own = keys;
}
