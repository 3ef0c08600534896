import { messageOf, PortlamaError } from '../../core/errors.js';
import { PanelError } from '../panel/panel-error.js';
import type { PanelErrorCode } from '../panel/panel.js';
import { certificateNeeded, type CheckResult } from './health-check.js';
import type { Lack } from './health.js';

/**
 * Maps a failed check to a result about the panel, or about a credential missing on this computer.
 */
export function resultOf(error: unknown): CheckResult {
  const reason = messageOf(error);
  if (!(error instanceof PanelError)) {
    // The store, or a file: nothing is known of the panel.
    if (error instanceof PortlamaError) return certificateNeeded('access', reason);
    return { state: 'offline', code: 'check-failed', reason };
  }
  if (error.code === 'panel-certificate-changed') return { state: 'certificate-changed', reason };
  const lacks = LACKS[error.code];
  if (lacks !== undefined) return certificateNeeded(lacks, reason);
  return { state: 'offline', code: error.code, reason };
}

/** Those that are not here are the panel's fault, or that of the way to it. */
const LACKS: Readonly<Partial<Record<PanelErrorCode, Lack>>> = {
  'panel-certificate-required': 'client-certificate',
  'p12-unreadable': 'client-certificate',
  'identity-missing': 'client-certificate',
  'p12-wrong-password': 'password',
  'identity-ambiguous': 'access',
  'identity-locked': 'access',
  'identity-denied': 'access',
  'curl-failed': 'access',
};
