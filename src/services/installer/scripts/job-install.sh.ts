import { INSTALLER_COMMAND, PANEL_API_PORT, SERVER_PATH, UNIT } from '../../../core/product.js';
/**
 * Part of job.sh that runs the installer, and a second time after a failed download, and when the
 * panel is not complete two minutes after the installer gave up on it (its own check runs once, 3 s
 * after the start). The second run is a full one: a plain one only updates the panel and omits the
 * gatekeeper.
 */
export const INSTALL_FUNCTIONS = String.raw`
PANEL_HEALTH=http://127.0.0.1:${PANEL_API_PORT}/api/health
PANEL_LIMIT_S=120
DOWNLOAD_PAUSE_S=10

install_portlama() {
  full=
  # A droplet that restarted in the middle may have half an installation.
  if [ -e "$DIR/begun" ] && [ -e "$ROOT${SERVER_PATH.config}" ]; then full=--force-full; fi
  : > "$DIR/begun"
  while :; do
    begins=$(wc -c < "$DIR/log")
    run_installer
    code=$?
    if [ "$code" = 0 ]; then return; fi
    case $(last_step) in
      deploy_panel | redeploy_panel | deploy_gatekeeper) if check_panel; then return; fi ;;
      *) download_failed || exit "$code" ;;
    esac
    # In a file: a job that starts again after a restart has its second run behind it.
    if [ -e "$DIR/repeated" ]; then exit "$code"; fi
    : > "$DIR/repeated"
    if download_failed; then sleep "$DOWNLOAD_PAUSE_S"; fi
    full=--force-full
    step repeat_install running
    step repeat_install complete
  done
}

oom_kills() { awk '$1 == "oom_kill" { print $2 }' "$ROOT/proc/vmstat"; }

run_installer() {
  kills=$(oom_kills)
  if [ -n "$INSTALLER_TARBALL" ]; then
    npx --yes "--package=$DIR/$INSTALLER_TARBALL" ${INSTALLER_COMMAND} --yes --json $full
  else
    npx --yes "$INSTALLER_SPEC" --yes --json $full
  fi
  code=$?
  if [ "$code" = 0 ]; then return 0; fi
  if [ "$code" = 137 ] || [ "$(oom_kills)" != "$kills" ]; then
    fail out-of-memory 'The server ran out of memory while the installer ran.'
  fi
  return "$code"
}

# What the run that failed has printed.
run_log() { tail -c "+$((begins + 1))" "$DIR/log"; }

last_step() {
  run_log | sed -n 's/^{"event":"step","step":"\([a-z0-9_]*\)".*/\1/p' | tail -n 1
}

# In lines of npm and apt, also where the installer quotes them. A package that is not there is no failed download.
download_failed() {
  run_log | grep -qE \
    -e 'npm (error|ERR!) (code|errno) (ECONN[A-Z]*|E[A-Z]*TIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|ERR_SOCKET_TIMEOUT|E429|E5[0-9][0-9])' \
    -e 'E: (Failed to fetch|Unable to fetch some archives)|Temporary failure resolving'
}

check_panel() {
  step check_panel running
  if ! panel_answers; then
    echo 'The panel does not answer.'
    step check_panel failed
    return 1
  fi
  missing=
  for service in ${UNIT.panel} nginx ${UNIT.gatekeeper}; do
    systemctl is-active --quiet "$service" || missing="$missing $service"
  done
  if [ -n "$missing" ]; then
    echo "The panel answers. Not running:$missing."
    step check_panel failed
    return 1
  fi
  echo 'The panel answers, and everything runs.'
  step check_panel complete
}

# A service that was never started, or was given up by systemd, is not waited for.
panel_answers() {
  if command -v curl > /dev/null; then look='curl -fs --max-time 5 -o /dev/null'
  else look='wget -q --tries=1 --timeout=5 -O /dev/null'; fi
  timeout "$PANEL_LIMIT_S" sh -c "
    until $look '$PANEL_HEALTH'; do
      case \$(systemctl is-active ${UNIT.panel}) in inactive | failed) exit 1 ;; esac
      sleep 1
    done"
}
`;
