import { onTestFinished } from 'vitest';
import { type App, createApp } from '../../../src/app/app.js';
import type { Settings } from '../../../src/app/ports.js';
import { DEFAULT_SETTINGS } from '../../fixtures/settings.js';
import type { AppState } from '../../../src/app/state.js';
import { perform, requireCommand } from '../../../src/screens/shell/keys.js';
import { FakeTerminalPort, FakeWorld } from './fake-world.js';

const NO_HOST = { redraw: () => undefined, suspend: () => undefined };

/** The program without screens, over services in memory; ended with the test. */
export class RunningAppWithoutScreens {
  readonly terminal = new FakeTerminalPort();
  readonly app: App;

  constructor(
    readonly world: FakeWorld,
    settings: Partial<Settings> = {},
  ) {
    this.app = createApp(world.ports, this.terminal, { ...DEFAULT_SETTINGS, ...settings });
    onTestFinished(() => this.app.dispose());
  }

  get state(): AppState {
    return this.app.store.state;
  }

  /** As if its key had been pressed with the cursor on a row; resolves when it is over, or asks something. */
  async perform(id: string, selected?: string, marked?: readonly string[]): Promise<void> {
    const asked = this.nextDialog();
    await Promise.race([this.start(id, selected, marked), asked.opened]);
    asked.dispose();
    await this.app.store.idle();
  }

  private nextDialog(): { readonly opened: Promise<void>; dispose(): void } {
    const before = this.state.dialogs.length;
    let dispose = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      const subscription = this.app.store.onChange(({ dialogs }) => {
        if (dialogs.length > before) resolve();
      });
      dispose = () => subscription.dispose();
    });
    return { opened, dispose };
  }

  /** As if its key had been pressed; resolves when the command is over, whatever else still runs. */
  async start(id: string, selected?: string, marked?: readonly string[]): Promise<void> {
    const scope = { state: this.state, selected, marked };
    const { work } = this.app;
    await perform(requireCommand(id, scope), { ...scope, work, screen: undefined, host: NO_HOST });
  }

  /** Answers the question on top. */
  async answer(yes: boolean): Promise<void> {
    const dialog = this.state.dialogs[0];
    if (dialog === undefined) throw new Error('there is no dialog');
    await this.app.answerDialog(dialog.id, yes ? 'yes' : 'no');
    await this.app.store.idle();
  }

  /** Types into the fields on top, or leaves what they hold. */
  async types(...texts: readonly string[]): Promise<void> {
    const dialog = this.state.dialogs[0];
    if (dialog?.kind !== 'entry') throw new Error('there are no fields');
    const held = dialog.fields.map(({ initial }) => initial);
    this.app.work.messages.enter(dialog.id, texts.length === 0 ? held : texts);
    await this.app.store.idle();
  }

  /** Presses a button of the message on top, by its name. */
  async choose(label: string): Promise<void> {
    const dialog = this.state.dialogs[0];
    const hasActions = dialog?.kind === 'message' || dialog?.kind === 'error';
    const actions = hasActions ? (dialog.actions ?? []) : [];
    const index = actions.indexOf(label);
    if (dialog === undefined || index < 0) throw new Error(`there is no button ${label}`);
    await this.app.answerDialog(dialog.id, index);
    await this.app.store.idle();
  }

  get lastToast(): string | undefined {
    return this.state.toasts.at(-1)?.text;
  }
}

export async function startAppWithoutScreens(
  world: FakeWorld = new FakeWorld(),
  settings?: Partial<Settings>,
): Promise<RunningAppWithoutScreens> {
  const running = new RunningAppWithoutScreens(world, settings);
  await running.app.store.idle();
  return running;
}
