import type { DisposableStore } from '../../core/lifecycle.js';
import { Buttons, type ButtonsData } from '../../widgets/buttons.js';
import { Checks, type ChecksData } from '../../widgets/checks.js';
import { Field, type FieldData } from '../../widgets/field.js';
import { empty, inset, responsive, stack } from '../../widgets/layout.js';
import { Paragraph } from '../../widgets/paragraph.js';
import { bind, type ScreenContext } from '../shell/screen.js';
import { ENV, TOKENS_PAGE } from '../../core/product.js';
import type { AppState, KeystoreState } from '../../app/state.js';
import { TOKEN_GROUPS } from '../../app/service-words.js';
import type { TokenState } from '../../app/form-state.js';
import { join, link, style, type Text } from '../../widgets/markup.js';
import type { WizardControls } from './create-server.keys.js';
import type { WizardPart } from './part.js';
import { storeChecks, tokenChecks } from './token-checks.view.js';

/** Longer than any token; longer text fails the check of its form. */
const TOKEN_MAX_LENGTH = 12_000;
/** With fewer rows there is no blank one below the introduction. */
const ROOMY_ROWS = 18;

/** The token field, its buttons, and the three checks. */
export function createTokenPart(
  context: ScreenContext,
  owned: DisposableStore,
): WizardPart & WizardControls {
  const { terminal, app } = context;
  const intro = owned.add(new Paragraph(terminal));
  const field = owned.add(
    new Field(terminal, { kind: 'token', secret: true, maxLength: TOKEN_MAX_LENGTH }),
  );
  const buttons = owned.add(new Buttons(terminal));
  const checks = owned.add(new Checks(terminal));
  const set = {
    intro: bind(intro),
    field: bind(field),
    buttons: bind(buttons),
    checks: bind(checks),
  };
  let suggested: string | undefined;
  // Empty the field on submit: a refused token is pasted anew, never corrected.
  const submit = (): void => void app.checkToken(field.take());
  owned.add(field.onSubmit(submit));
  owned.add(field.onChange(() => app.editToken()));
  owned.add(
    buttons.onPress((id) => {
      if (id === 'secrets' || id === 'accounts') context.perform(id);
      else submit();
    }),
  );
  return {
    layout: inset(
      responsive(({ height }) =>
        stack(
          {
            item: intro,
            rows: (width) => intro.rowsAt(width) + (height < ROOMY_ROWS ? 0 : 1),
            gives: { order: 2, least: 0 },
          },
          {
            item: field,
            rows: (width) => field.rowsAt(width),
            gives: { order: 3, least: (width) => field.leastRowsAt(width) },
          },
          { item: buttons, rows: 1 },
          { item: empty, rows: 1, gives: { order: 1, least: 0 } },
          { item: checks, rows: (width) => checks.rowsAt(width), grows: true },
        ),
      ),
      { x: 1 },
    ),
    widgets: [field, buttons, checks],
    first: () => (suggested === 'next' ? buttons : field),
    show(state, focus) {
      const view = tokenView(state);
      set.intro({ lines: view.intro });
      set.field(view.field);
      set.buttons(view.buttons);
      set.checks(view.checks);
      if (view.suggested === suggested) return;
      suggested = view.suggested;
      buttons.select(suggested);
      if (focus.current === field || focus.current === buttons)
        focus.focus(suggested === 'next' ? buttons : field);
    },
    submitToken: submit,
  };
}

export interface TokenView {
  readonly intro: readonly Text[];
  readonly field: FieldData;
  readonly buttons: ButtonsData;
  readonly checks: ChecksData;
  /** The button that Enter should meet. */
  readonly suggested: 'validate' | 'next';
}

/** First step: the token and its checks. Pure. */
function tokenView(state: AppState): TokenView {
  const token = state.wizard?.token ?? { source: 'none', check: { state: 'unchecked' } };
  const usable = token.check.state === 'checked' && token.check.report.ok;
  const checking = token.check.state === 'checking';
  const buttons = [
    { id: 'validate', label: 'Validate', disabled: checking ? 'Checking…' : undefined },
    { id: 'next', label: 'Next', disabled: usable ? undefined : 'Validate a token first.' },
    ...(state.accountName === undefined ? [] : [{ id: 'accounts', label: 'Other account' }]),
    ...storeButtons(state.keystore),
  ];
  return {
    intro: introLines(state),
    field: {
      label: 'DigitalOcean API token',
      placeholder: placeholder(token, state.keystore),
      note: noteOf(state.keystore, usable && token.source === 'entered'),
    },
    buttons: { buttons },
    checks: { checks: [...storeChecks(state), ...tokenChecks(token.check, state)] },
    suggested: usable ? 'next' : 'validate',
  };
}

/** Offered only while the store needs the person. */
function storeButtons({ status }: KeystoreState): ButtonsData['buttons'] {
  if (status === 'missing') return [{ id: 'secrets', label: 'Choose store' }];
  return status === 'locked' ? [{ id: 'secrets', label: 'Open the vault' }] : [];
}

function introLines({ keystore: { tokenOrigin }, accountName }: AppState): readonly Text[] {
  if (tokenOrigin === 'sandbox')
    return ['The sandbox accepts its sample token: press Enter. With a real account: F1.'];
  return [
    join(['Create a token at ', link(TOKENS_PAGE)]),
    join(['with custom scopes and five groups: ', style('strong', TOKEN_GROUPS.join(', ')), '.']),
    accountName === undefined
      ? style('muted', 'Other resources in this account? Use a separate team. F1: step by step.')
      : join(['The server is created in the account ', style('strong', accountName), '.']),
  ];
}

function placeholder(token: TokenState, keystore: KeystoreState): string {
  if (token.source === 'entered') return enteredText(token.check);
  switch (keystore.tokenOrigin) {
    case 'store':
      return `Token saved in ${keystore.title}; leave empty to use it`;
    case 'environment':
      return `Token from ${ENV.cloudToken}; leave empty to use it`;
    case 'sandbox':
      return 'Sample token of the sandbox; leave empty to use it';
    case 'none':
    case undefined:
      return 'Paste it here: dop_v1_…';
  }
}

function enteredText(check: TokenState['check']): string {
  if (check.state === 'checked') return check.report.ok ? 'Token accepted' : 'Paste another token';
  return check.state === 'failed' ? 'Leave empty to try again, or paste another' : '';
}

function noteOf(keystore: KeystoreState, isSaved: boolean): Text {
  if (keystore.status === 'missing')
    return style('warn', 'No credential store yet: choose one first.');
  if (isSaved) return style('muted', `Saved in ${keystore.title}.`);
  if (keystore.tokenOrigin !== undefined && keystore.tokenOrigin !== 'none')
    return style('muted', `A new token is saved in ${keystore.title} once validated.`);
  return style('muted', `Saved in ${keystore.title} once validated.`);
}
