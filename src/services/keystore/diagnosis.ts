import { existsSync } from 'node:fs';
import type { Hint, ShellHint } from '../../core/hint.js';
import { PROGRAM } from '../../core/product.js';
import { KeystoreError, type OsStoreProblem } from './keystore.js';

export interface Host {
  readonly platform: NodeJS.Platform;
  /** The user's runtime folder is looked for under `/run/user/<uid>`. */
  readonly uid: number | undefined;
}

/**
 * Messages of the libraries, in search order. Texts of GLib, libsecret and GNOME Keyring as seen on
 * Debian 12, and of the Security framework on macOS.
 */
const SYMPTOMS: readonly (readonly [RegExp, OsStoreProblem])[] = [
  [/libsecret-1\.so|Failed to load keytar native addon/i, 'libsecret-missing'],
  [/locked collection|does not exist at path|is locked/i, 'locked'],
  [/interaction is not allowed/i, 'locked'],
  [/The name :[\d.]+ was not provided/i, 'daemon-died'],
  [
    /was not provided by any \.service files|ServiceUnknown|org\.freedesktop\.secrets exited/i,
    'no-secret-service',
  ],
  [/Failed to activate service|not activatable/i, 'no-secret-service'],
  [/disconnected from message bus|connection is closed|Remote peer disconnected/i, 'daemon-died'],
  [/NoReply|vanished|Underlying GIOStream|Broken pipe/i, 'daemon-died'],
  [/autolaunch D-Bus|Could not connect|DBUS_SESSION_BUS_ADDRESS|dbus-launch/i, 'no-dbus'],
];

/** The error for what a library said. */
export function diagnose(text: string, host: Host): KeystoreError {
  const symptom = SYMPTOMS.find(([pattern]) => pattern.test(text));
  return keystoreError(symptom?.[1] ?? 'store-failed', host, text);
}

/** An error with the command that helps on this host. `detail` is what a library said; never a secret. */
export function keystoreError(code: OsStoreProblem, host: Host, detail?: string): KeystoreError {
  const mac = host.platform === 'darwin';
  return new KeystoreError({
    code,
    message: (mac ? MAC_MESSAGES[code] : undefined) ?? MESSAGES[code],
    hint: mac ? macHint(code) : linuxHint(code, host),
    retryable: code === 'daemon-died' || code === 'prompt-needed',
    cause: detail === undefined ? undefined : new Error(detail),
  });
}

const MESSAGES: Readonly<Record<OsStoreProblem, string>> = {
  'no-dbus': 'There is no D-Bus session here, so the credential store cannot be reached.',
  'no-secret-service': 'No credential store runs in this D-Bus session.',
  locked: 'The keyring is locked or was never made, and nobody can be asked for its password here.',
  'prompt-needed':
    'The credential store does not answer: it probably waits for its password in a window.',
  'libsecret-missing': 'The library libsecret is missing, through which credentials are stored.',
  'daemon-died': 'The credential store stopped while it was being used.',
  'store-failed': 'The credential store failed.',
};

const MAC_MESSAGES: Readonly<Partial<Record<OsStoreProblem, string>>> = {
  locked: 'The login keychain is locked, and nobody can be asked for its password here.',
};

function macHint(code: OsStoreProblem): Hint {
  if (code === 'locked') {
    return {
      lead: 'Unlock it',
      shellLine: 'security unlock-keychain ~/Library/Keychains/login.keychain-db',
    };
  }
  return 'Answer the keychain’s question on the screen of the Mac, then try again.';
}

/**
 * Command that asks for the keyring's password without showing it, and creates the keyring if there
 * is none. Runs in its own session, because the daemon would otherwise end with the SSH connection,
 * while a provisioning continues after it.
 */
const UNLOCK =
  'read -rsp "Keyring password: " P; printf %s "$P" | GNOME_KEYRING_CONTROL="$XDG_RUNTIME_DIR/keyring" setsid -w gnome-keyring-daemon --replace --unlock --components=secrets >/dev/null 2>&1; unset P';

function linuxHint(code: OsStoreProblem, { uid }: Host): Hint {
  const unlock = (lead: string): ShellHint => ({ lead: `${lead}, in bash`, shellLine: UNLOCK });
  switch (code) {
    case 'no-dbus':
      return busHint(uid);
    case 'no-secret-service':
      return [
        { lead: 'Install one', shellLine: 'sudo apt-get install gnome-keyring' },
        unlock('Then unlock it'),
      ];
    case 'locked':
      return unlock('Unlock it');
    case 'prompt-needed':
      return unlock('Answer the prompt on the desktop, or unlock the keyring here');
    case 'libsecret-missing':
      return {
        lead: 'Install it (Fedora and Arch call it libsecret)',
        shellLine: 'sudo apt-get install libsecret-1-0',
      };
    case 'daemon-died':
      return unlock('Try again. If it stays away, start it');
    case 'store-failed':
      return unlock('Try again. If it fails again, restart the keyring');
  }
}

/** A login over SSH often has a bus that only its variables do not point to. */
function busHint(uid: number | undefined): ShellHint {
  const runtime = `/run/user/${uid}`;
  if (uid !== undefined && existsSync(`${runtime}/bus`)) {
    return {
      lead: 'Point to the one of your login',
      shellLine: `export XDG_RUNTIME_DIR=${runtime} DBUS_SESSION_BUS_ADDRESS=unix:path=${runtime}/bus`,
    };
  }
  return {
    lead: 'Start one, then the program in it (packages dbus-daemon and gnome-keyring)',
    shellLine: `dbus-run-session -- bash -c '${UNLOCK}; exec ${PROGRAM}'`,
  };
}
