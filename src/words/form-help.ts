import { keyOf } from './keys.js';
import { MANAGED_TAG, PRODUCT, TOKENS_PAGE } from '../core/product.js';
import type { Line } from './question.js';
import { REGION_TIPS } from './regions.js';

export type HelpLine = Line | { readonly mark: 'ok' | 'missing' | 'open'; readonly text: string };

export interface FormHelp {
  readonly title: string;
  readonly lines: readonly HelpLine[];
}

/** The groups of scopes, and what each is for. */
const GROUPS: Readonly<Record<string, string>> = {
  account: 'e-mail, droplet limit',
  droplet: 'create, watch, destroy',
  ssh_key: 'temporary key of the installation',
  regions: 'list and latency',
  tag: 'marks what Portlama manages',
};
const GROUP_COLUMNS = 10;

/** Instructions to get a token. `missing`: scopes that the last one lacked; undefined while none was checked. */
export function tokenHelp(missing: readonly string[] | undefined, sandbox: boolean): FormHelp {
  const title = 'How to get a token';
  if (sandbox)
    return {
      title,
      lines: [
        'The sandbox needs none: it accepts its sample token. Press Enter.',
        '',
        'With a real account the steps are:',
        '',
        ...tokenSteps(undefined),
      ],
    };
  return { title, lines: [...tokenSteps(missing), '', ...TEAM] };
}

function tokenSteps(missing: readonly string[] | undefined): readonly HelpLine[] {
  return [
    '1. Open',
    { url: TOKENS_PAGE },
    `2. Generate New Token, name it “${PRODUCT}”`,
    '3. Expiration: 90 days is a good balance',
    '4. Custom Scopes: tick all scopes of five groups',
    ...Object.entries(GROUPS).map(([group, use]): HelpLine => {
      const isMissing = missing?.some((scope) => scope.startsWith(`${group}:`));
      const mark = isMissing === undefined ? 'open' : isMissing ? 'missing' : 'ok';
      return { mark, text: `${group.padEnd(GROUP_COLUMNS)}${use}` };
    }),
    '   About 20 scopes in the summary are normal: DigitalOcean adds what those five need.',
    '5. Generate Token; copy it: it is shown only once',
  ];
}

const TEAM: readonly HelpLine[] = [
  { strong: 'Other resources in this account?' },
  'A separate team keeps Portlama away from them:',
  '1. Settings, Team, Create a Team; name it “Portlama”',
  '2. Switch to it (top left), create the token there',
  '',
  { strong: 'How access is limited' },
  'team       the token sees nothing outside it',
  'scopes     no databases, firewalls, Kubernetes',
  `tag        only droplets with ${MANAGED_TAG} are destroyed`,
];

/** Help for choosing a region. */
export function regionHelp(): FormHelp {
  return {
    title: 'Choosing a region',
    lines: [
      ...REGION_TIPS,
      '',
      'Choose the region closest to your users; closest to you, if you are the only one.',
      '',
      'Type the start of a name to search: fra, lon, united. Esc clears it.',
      'Latency is the median of several connections from this machine; ± is how much they differ.',
      'Only regions that offer the chosen size are shown. Change the size with Tab, Right.',
    ],
  };
}

/** Help for naming and creating a server. */
export function createHelp(sandbox: boolean): FormHelp {
  return {
    title: 'What happens next',
    lines: [
      'The label names the server here and its droplet on DigitalOcean. If empty, the name shown in grey is used.',
      '',
      `A domain can be set up later: press ${keyOf('servers.set-up')} on the server.`,
      '',
      sandbox
        ? 'Creating takes half a minute here; nothing is charged.'
        : 'Creating takes 3 to 5 minutes. The droplet costs money from the moment it exists until it is destroyed.',
      'If it fails, everything it created is removed.',
      `You can leave the screen (${keyOf('provisioning.background')}) or quit: the work continues and stays in the list.`,
    ],
  };
}

/** Help for adding an existing server. */
export function addServerHelp(): FormHelp {
  return {
    title: 'Adding a server',
    lines: [
      '1. Enter the address of its panel, as in the browser',
      '2. The program checks the panel; the server is not changed',
      '3. A self-signed certificate shows its fingerprint: compare it with the one on the server, then confirm',
      `4. Import client.p12 with ${keyOf('servers.access')} on its row, to see its state and open the panel`,
    ],
  };
}

/** Help for setting up the domain of a panel. */
export function setUpHelp(): FormHelp {
  return {
    title: 'How a domain is set up',
    lines: [
      '1. Type a domain or subdomain that you own, such as lab.example.com. Tunnels get names below it.',
      '2. It needs two A records that point to the server: NAME and *.NAME. They can be created in a domain of your DigitalOcean account; otherwise you copy them.',
      '3. The panel checks DNS until it finds the records, then gets its certificates.',
      '4. The login is shown once: its password and a QR code for the second factor.',
      '',
      'The e-mail address is for Let’s Encrypt, which issues the certificates.',
      'The domain cannot be changed once its DNS is verified.',
      `You can leave at any time: ${keyOf('servers.set-up')} on the server continues.`,
    ],
  };
}
