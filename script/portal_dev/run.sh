# Sourced by the commands in script/: finds a Python and hands over. POSIX sh only.
# The virtual environment's own Python comes first, so that a started clone keeps its version.

works() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
for python in "$root/.venv/bin/python" python3.13 python3.12 python3.11 python3 python; do
    if works "$python"; then
        exec "$python" "$root/script/portal_dev/bootstrap.py" "$(basename -- "$0")" "$@"
    fi
done
echo "This needs Python 3.11 or newer, and none was found on PATH. On Debian or Ubuntu: apt-get install python3" >&2
exit 1
