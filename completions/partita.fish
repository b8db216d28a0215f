# SPDX-License-Identifier: MIT
# fish completion: the program itself knows its commands and options.
function __partita_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    partita complete (count $before) $before "$current"
end
complete -c partita -a '(__partita_complete)'
