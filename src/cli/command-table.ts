/** What can be typed after the program's name, for --help, the README and the menu in plain lines. */
export interface CommandRow {
  readonly usage: string;
  readonly meaning: string;
}

export const COMMAND_TABLE: readonly CommandRow[] = [
  {
    usage: 'provision --region R [--label L] [--json] [--foreground]',
    meaning:
      'creates a server and reports in words, or as NDJSON; with --foreground a signal cancels it and waits for the clean-up',
  },
  {
    usage: 'servers',
    meaning: 'lists the servers and their health, strays, and servers whose droplet is gone',
  },
  {
    usage: 'servers add URL [--label L] [--yes SHA256]',
    meaning: 'adds a server that is there already, once its certificate is confirmed',
  },
  { usage: 'servers activate LABEL', meaning: 'makes it the active server' },
  {
    usage: 'servers panel LABEL',
    meaning: 'opens its panel, or says how to reach it and to import its certificate',
  },
  {
    usage: 'servers destroy LABEL [--yes LABEL]',
    meaning: 'destroys its droplet, and then all that is kept for it here',
  },
  {
    usage: 'servers remove LABEL [--yes LABEL]',
    meaning: 'only takes it off the list, with all that is kept for it here',
  },
  {
    usage: 'servers restore',
    meaning: 'puts the newest backup in the place of a servers.json that cannot be read',
  },
  {
    usage: 'certificate import LABEL FILE [--yes LABEL]',
    meaning:
      'keeps the admin certificate of a server that was not made here; its password is asked for',
  },
  {
    usage: 'certificate trust LABEL [--yes SHA256]',
    meaning: 'shows the certificate of its panel, and confirms it where that is needed',
  },
  {
    usage: 'strays',
    meaning: 'lists droplets in no list here with what they cost, and servers without a droplet',
  },
  { usage: 'strays adopt ID', meaning: 'takes a stray into the list, without its certificate' },
  {
    usage: 'strays destroy ID [--yes NAME]',
    meaning: 'destroys a stray, once its name is typed or given',
  },
  {
    usage: 'operations [--json]',
    meaning: 'lists provisionings: running, interrupted, failed, done',
  },
  {
    usage: 'operations attach|cancel|cleanup|resume|dismiss ID [--json]',
    meaning:
      'follows one, stops it, removes what it made, goes on with it, forgets it; exit code 0 when that came about and nothing is left',
  },
  {
    usage: 'token set|check|forget',
    meaning: 'the API token: asked without showing it, or from standard input',
  },
  {
    usage: 'vault [status|init|passphrase]',
    meaning: 'the encrypted vault, for machines without a credential store',
  },
  {
    usage: 'vault move-to-os|move-to-vault',
    meaning: 'moves all secrets from one store to the other',
  },
  {
    usage: 'sandbox env',
    meaning: 'where the sandbox’s API is, as variables for doctl, Terraform and other programs',
  },
  {
    usage: 'doctor',
    meaning:
      'what works here and what does not, with what to do; exit code 1 when something needs attention',
  },
];
