import { ENV_PREFIX } from '../../core/product.js';
/** Places, language, terminal, and the way to the desktop and its services. */
const HANDED_ON = [
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|TMPDIR)$/,
  /^(?:LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM)$/,
  /^(?:DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|ICEAUTHORITY|SESSION_MANAGER|DBUS_SESSION_BUS_ADDRESS)$/,
  /^XDG_[A-Z_]+$/,
  /^(?:DESKTOP_SESSION|KDE_FULL_SESSION|KDE_SESSION_VERSION|GNOME_DESKTOP_SESSION_ID)$/,
  /^(?:GNOME_KEYRING_CONTROL|BROWSER|GDK_BACKEND|QT_QPA_PLATFORM|MOZ_ENABLE_WAYLAND)$/,
  // xdg-open and the Windows side of WSL.
  /^(?:WSL_DISTRO_NAME|WSL_INTEROP)$/,
];

/**
 * The part of an environment that a program started here gets, and what is added to it by name. An allow-list:
 * tokens, NODE_OPTIONS, and whatever else this process was given, stay in this process.
 */
export function childEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
  added: NodeJS.ProcessEnv = {},
): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) =>
    HANDED_ON.some((pattern) => pattern.test(name)),
  );
  return { ...Object.fromEntries(kept), ...added };
}

/**
 * The environment of a program that its user named: it may depend on any variable of theirs, and gets all but this
 * program's own and what would change a Node.js process.
 */
export function userProgramEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(
    ([name]) => !name.startsWith(ENV_PREFIX) && name !== 'NODE_OPTIONS',
  );
  return Object.fromEntries(kept);
}
