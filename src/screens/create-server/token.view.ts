import { ENV } from '../../core/product.js';
import type { AppState, KeystoreState } from '../../app/state.js';
import { TOKEN_GROUPS } from '../../app/token-groups.js';
import { TOKENS_PAGE } from '../../core/product.js';
import type { TokenState } from '../../app/wizard-state.js';
import type { ButtonsData } from '../../widgets/buttons.js';
import type { ChecksData } from '../../widgets/checks.js';
import type { FieldData } from '../../widgets/field.js';
import { join, link, style, type Text } from '../../widgets/markup.js';
import { storeChecks, tokenChecks } from './token-checks.view.js';

export interface TokenView {
  readonly intro: readonly Text[];
  readonly field: FieldData;
  readonly buttons: ButtonsData;
  readonly checks: ChecksData;
  /** The button that Enter should meet. */
  readonly suggested: 'validate' | 'next';
}

/** First step: the token and its checks. Pure. */
export function tokenView(state: AppState): TokenView {
  const token = state.wizard?.token ?? { source: 'none', check: { state: 'unchecked' } };
  const usable = token.check.state === 'checked' && token.check.report.ok;
  const checking = token.check.state === 'checking';
  const buttons = [
    { id: 'validate', label: 'Validate', disabled: checking ? 'It is being checked.' : undefined },
    { id: 'next', label: 'Next', disabled: usable ? undefined : 'Validate a token first.' },
    ...storeButtons(state.keystore),
  ];
  return {
    intro: introLines(),
    field: {
      label: 'DigitalOcean API token',
      placeholder: placeholder(token, state.keystore),
      note: noteOf(state.keystore),
    },
    buttons: { buttons },
    checks: { checks: [...storeChecks(state), ...tokenChecks(token.check, state)] },
    suggested: usable ? 'next' : 'validate',
  };
}

/** Offered only while the store needs the person. */
function storeButtons({ status }: KeystoreState): ButtonsData['buttons'] {
  if (status === 'missing') return [{ id: 'secrets', label: 'Where to keep it' }];
  return status === 'locked' ? [{ id: 'secrets', label: 'Open the vault' }] : [];
}

function introLines(): readonly Text[] {
  return [
    join(['Make a token at ', link(TOKENS_PAGE)]),
    join(['with custom scopes and five groups: ', style('strong', TOKEN_GROUPS.join(', ')), '.']),
    style('muted', 'Other things in the account? A DigitalOcean team of its own keeps them apart.'),
  ];
}

function placeholder(token: TokenState, keystore: KeystoreState): string {
  if (token.source === 'entered') return enteredText(token.check);
  switch (keystore.tokenOrigin) {
    case 'store':
      return `Token saved in ${keystore.title}, leave empty to reuse it`;
    case 'environment':
      return `Token of ${ENV.cloudToken}, leave empty to use it`;
    case 'sandbox':
      return 'Sample token of the sandbox, leave empty to use it';
    case 'none':
    case undefined:
      return 'Paste it here: dop_v1_…';
  }
}

function enteredText(check: TokenState['check']): string {
  if (check.state === 'checked')
    return check.report.ok ? 'This token is used' : 'Paste another token';
  return check.state === 'failed' ? 'Leave empty to try again, or paste another' : '';
}

function noteOf(keystore: KeystoreState): Text {
  if (keystore.status === 'missing')
    return style('warn', 'There is no place for it yet, and nothing is created without one.');
  if (keystore.tokenOrigin === 'environment' || keystore.tokenOrigin === 'sandbox')
    return style('muted', `One that is typed is kept in ${keystore.title} once it is valid.`);
  return style('muted', `Kept in ${keystore.title} once it is valid; never in a file.`);
}
