import { ENVIRONMENT } from './settings.js';

/** `--help`. */
export function helpText(): string {
  const environment = ENVIRONMENT.map(
    ({ name, meaning, fallback }) => `  ${name.padEnd(34)}${meaning} (${fallback})`,
  );
  return `portlama-tui: Portlama servers on DigitalOcean, from the terminal

  portlama-tui                                   the full-screen program
  portlama-tui --sandbox                         the same on an embedded DigitalOcean: nothing costs money
  portlama-tui provision --region R [--label L]  create a server, reported in words; --json: as NDJSON
  portlama-tui servers                           list the servers and their health
  portlama-tui strays                            list droplets in no list here, and servers without a droplet
  portlama-tui strays adopt|destroy ID           takes one into the list; destroys one, once its name is typed
  portlama-tui operations                        list provisionings
  portlama-tui operations attach|cancel|cleanup|resume|dismiss ID
  portlama-tui token set|check|forget            the API token: asked without showing it, or from standard input
  portlama-tui vault [status|init|passphrase]    the encrypted vault, for machines without a credential store
  portlama-tui vault move-to-os|move-to-vault    moves all secrets from one store to the other
  portlama-tui doctor                            what works here and what does not, with what to do

Options
  --plain            plain lines instead of the full screen
  --log FILE         redacted debug log of every action, API call and SSH command
  --ascii            plain ASCII instead of line drawing and symbols
  --reduced-motion   no spinner, no map
  --yes NAME         with strays destroy: the droplet's name, instead of typing it
  --bell             ring when a provisioning ends
  -h, --help         this text
  -V, --version      the version

Environment
${environment.join('\n')}
`;
}
