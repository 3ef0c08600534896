import type { Route } from '../../app/state.js';
import { createAddServerScreen } from '../add-server/add-server.screen.js';
import { createWizardScreen } from '../create-server/create-server.screen.js';
import { createProvisioningScreen } from '../provisioning/provisioning.screen.js';
import { createServersScreen } from '../servers/servers.screen.js';
import type { Screen, ScreenContext } from './screen.js';

/** The one place where a route becomes a screen. */
export function createScreen(route: Route, context: ScreenContext): Screen {
  switch (route.screen) {
    case 'servers':
      return createServersScreen(context);
    case 'create-server':
      return createWizardScreen(context);
    case 'add-server':
      return createAddServerScreen(context);
    case 'provisioning':
      return createProvisioningScreen(context, route.operationId);
  }
}

/** Screens of the routes that are open: those below keep their cursor while another is on top. */
export class ScreenStack {
  private open: readonly { readonly route: Route; readonly screen: Screen }[] = [];

  constructor(private readonly context: ScreenContext) {}

  /** Opens and closes screens to match the routes; returns the one on top. */
  sync(routes: readonly Route[]): Screen {
    const kept = this.open.filter(({ route }, index) => routes[index] === route);
    const closed = this.open.filter((entry) => !kept.includes(entry));
    for (const { screen } of [...closed].reverse()) screen.dispose();
    const opened = routes
      .slice(kept.length)
      .map((route) => ({ route, screen: createScreen(route, this.context) }));
    this.open = [...kept, ...opened];
    return this.open.at(-1)!.screen;
  }

  dispose(): void {
    for (const { screen } of [...this.open].reverse()) screen.dispose();
    this.open = [];
  }
}
