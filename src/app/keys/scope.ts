import { type AppState, currentRoute } from '../state.js';

/** Where a key works. The wizard's steps are places of their own. */
export type KeyContext =
  | 'everywhere'
  | 'servers'
  | 'add-server'
  | 'wizard-token'
  | 'wizard-region'
  | 'wizard-label'
  | 'wizard-create'
  | 'provisioning'
  | 'activity-log';

/** What a binding can look at to say whether it applies. */
export interface KeyScope {
  readonly state: AppState;
  /** The row under the cursor of the servers list. */
  readonly selected: string | undefined;
  /** Letters go into a filter or a search for now. */
  readonly typing?: boolean | undefined;
}

/** Letters are typed into a field here: what they are for elsewhere is not worth a hint. */
export function hasField({ state }: Pick<KeyScope, 'state'>): boolean {
  return FIELDS.includes(keyContexts(state)[0]!);
}

const FIELDS: readonly KeyContext[] = ['wizard-token', 'wizard-label', 'add-server'];

/** Where the keys go now: the screen's place first. What lies above the screen takes them all. */
export function keyContexts(state: AppState): readonly KeyContext[] {
  if (state.overlay === 'activity-log') return ['activity-log'];
  const route = currentRoute(state);
  const place =
    route.screen === 'create-server'
      ? (`wizard-${state.wizard?.step ?? 'token'}` as const)
      : route.screen;
  return [place, 'everywhere'];
}
