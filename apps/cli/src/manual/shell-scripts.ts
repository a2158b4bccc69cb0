/**
 * The scripts that `completion` prints. Each asks `pushback complete` with the words of the command line, never evaluates them, and adds files or
 * folders where the last line of the answer names them.
 */

const BASH = `# Completes pushback in bash: source this file.
_pushback() {
  local word line prefix= kind=
  local -a words=()
  local -i i
  # Bash splits --option=value at the equals sign.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if ((\${#words[@]})) && [[ $word == = || \${COMP_WORDS[i - 1]} == = ]]; then words[-1]+=$word; else words+=("$word"); fi
  done
  word=\${words[-1]}
  [[ $word == --*=* ]] && prefix=\${word%%=*}=
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) kind=\${line#:} ;;
      *) line=\${line%%$'\\t'*} && COMPREPLY+=("\${line#"$prefix"}") ;;
    esac
  done < <(pushback complete -- "\${words[@]}" 2>/dev/null)
  word=\${word#"$prefix"}
  case $kind in
    files) compopt -o filenames 2>/dev/null; while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$word") ;;
    folders) compopt -o filenames 2>/dev/null; while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$word") ;;
  esac
}
complete -F _pushback pushback
`;

const ZSH = `#compdef pushback
# Completes pushback in zsh: save this file as _pushback in a folder of $fpath, or source it after compinit.
_pushback() {
  local line kind
  local -a described
  while IFS= read -r line; do
    case $line in
      :*) kind=\${line#:} ;;
      *) described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done < <(pushback complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  (( \${#described} )) && _describe -t values pushback described
  case $kind in
    files) _files ;;
    folders) _files -/ ;;
  esac
}
if [[ $funcstack[1] == _pushback ]]; then _pushback "$@"; else compdef _pushback pushback; fi
`;

const FISH = `# Completes pushback in fish: save this file as ~/.config/fish/completions/pushback.fish.
function __pushback_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l word (commandline -ct)
    for line in (pushback complete -- $words "$word" 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path "$word"
            case ':folders'
                __fish_complete_directories "$word"
            case ':*'
            case '*'
                echo $line
        end
    end
end
complete -c pushback -f -a '(__pushback_complete)'
`;

/** The script of each shell that `completion` knows. */
export const SHELL_SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const satisfies Readonly<Record<string, string>>;
export type Shell = keyof typeof SHELL_SCRIPTS;
