import { PANEL_PORT } from '../../../core/product.js';
import { spanText } from '../../../core/time.js';
import { type InstallerEvent, LOG_MAX_LINES, logTooLong } from '../../installer/installer.js';
import { parseInstallerSource } from '../../installer/installer-source.js';
import { withinLimit } from '../worker/deadline.js';
import { ProvisioningError } from '../errors.js';
import { outputOf, type Step, type StepContext } from '../worker/step.js';

declare module '../worker/step.js' {
  interface StepOutputs {
    readonly install_portlama: { readonly panelUrl: string };
  }
}

/** Sub-steps of the job after the installer has failed. Each gets the whole time again, once. */
const TAKES_LONGER = ['check_panel', 'repeat_install'];

/** Runs detached on the droplet, and there decides about a second run: a dropped connection picks its log up again at the byte where it broke. */
export const step: Step<'install_portlama'> = {
  async run(context, signal) {
    const { ports, request } = context;
    const source = parseInstallerSource(request.installer);
    const longer = new Set(TAKES_LONGER);
    let fromOffset = context.logOffset;
    let lines = 0;
    const install = (either: AbortSignal, restart: () => void): Promise<void> => {
      const handleEvent = async (event: InstallerEvent, offset: number): Promise<void> => {
        // Over all connections: each of them begins where the last one was lost.
        if (++lines > LOG_MAX_LINES) throw logTooLong();
        fromOffset = offset;
        if (event.kind === 'step' && longer.delete(event.step)) restart();
        await report(context, event, offset);
      };
      return context.shell.use(
        (connection) =>
          ports.runInstaller(connection, {
            source,
            operationId: request.id,
            fromOffset,
            onEvent: handleEvent,
            signal: either,
          }),
        either,
      );
    };
    const { clock, timing } = ports;
    const tooLate = (): Error => context.shell.trouble ?? tooSlow(timing.installMs);
    await withinLimit(install, { clock, ms: timing.installMs, signal, tooLate });
    return { panelUrl: `https://${outputOf(context, 'wait_droplet').ip}:${PANEL_PORT}` };
  },
};

async function report(context: StepContext, event: InstallerEvent, offset: number): Promise<void> {
  const step = 'install_portlama';
  if (event.kind === 'step') {
    await context.write({ event: 'substep', step, name: event.step, status: event.status, offset });
  } else if (event.kind === 'log') {
    await context.write({ event: 'log', step, text: event.text, offset });
  } else if (event.kind === 'error') {
    await context.write({ event: 'log', step, text: `error: ${event.message}`, offset });
  }
}

function tooSlow(installMs: number): ProvisioningError {
  return new ProvisioningError({
    code: 'install-timeout',
    message: `The installation did not end within ${spanText(installMs)}.`,
  });
}
