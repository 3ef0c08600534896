import { PortlamaError } from '../../core/errors.js';
import type { ProgramResult } from '../process/program.js';

export type KeychainErrorCode =
  | 'keychain-locked'
  | 'keychain-denied'
  | 'keychain-tool-missing'
  /** No login keychain exists. */
  | 'keychain-missing'
  /** Tool that does not answer; it probably waits for the user. */
  | 'keychain-silent'
  | 'keychain-failed';

/** Failure of the login keychain. `hint` says how to fix it. */
export class KeychainError extends PortlamaError {
  override readonly name = 'KeychainError';
  declare readonly code: KeychainErrorCode;
}

/**
 * Messages of `security`, with the Security framework's status for each: the exit code is its last
 * byte.
 */
const SYMPTOMS: readonly (readonly [RegExp, KeychainErrorCode])[] = [
  // errSecInteractionNotAllowed, -25308
  [/interaction is not allowed|-25308/i, 'keychain-locked'],
  // userCanceledErr -128, errSecAuthFailed -25293, errSecNoAccessForItem -25243
  [/user cancell?ed|-128\b|passphrase you entered is not correct|-25293/i, 'keychain-denied'],
  [/no access|authorization was denied|not authorized|-25243/i, 'keychain-denied'],
  // errSecNoSuchKeychain, -25294
  [/keychain could not be found|no such keychain|-25294/i, 'keychain-missing'],
];

/** The error for what the tool said. Its text holds names and paths, and never the password it was given. */
export function diagnose({ exitCode, stderr }: ProgramResult): KeychainError {
  const said = stderr.trim();
  const code = SYMPTOMS.find(([pattern]) => pattern.test(said))?.[1] ?? 'keychain-failed';
  return keychainError(code, new Error(`security ended with ${exitCode ?? 'a signal'}: ${said}`));
}

export function keychainError(code: KeychainErrorCode, cause?: unknown): KeychainError {
  const [message, hint] = TEXTS[code];
  return new KeychainError({
    code,
    message,
    hint,
    retryable: code === 'keychain-silent',
    cause,
  });
}

const LOGIN = '~/Library/Keychains/login.keychain-db';

const TEXTS: Readonly<Record<KeychainErrorCode, readonly [string, string]>> = {
  'keychain-locked': [
    'The login keychain is locked, and nobody can be asked for its password here.',
    `Unlock it: security unlock-keychain ${LOGIN}`,
  ],
  'keychain-denied': [
    'The login keychain refused: somebody said no when macOS asked, or typed a wrong password.',
    'Try again, and allow it when macOS asks.',
  ],
  'keychain-tool-missing': [
    'There is no /usr/bin/security here, the tool of macOS for its keychains.',
    'It is a part of every macOS. Look at the system: softwareupdate --list',
  ],
  'keychain-missing': [
    'There is no login keychain.',
    `Log in on the Mac once, or make one: security create-keychain ${LOGIN}`,
  ],
  'keychain-silent': [
    'The keychain does not answer: macOS probably asks for something in a window.',
    'Answer the question on the screen of the Mac, then try again.',
  ],
  'keychain-failed': [
    'The login keychain failed.',
    `Try again. If it fails again, look at it: security show-keychain-info ${LOGIN}`,
  ],
};
