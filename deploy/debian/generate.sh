#!/bin/sh
# What of the package is made from the program: generate.sh DRIFTD FOLDER VERSION
set -eu
driftd=$1 share=$2/share version=$3
here=$(dirname "$0")
rm -rf "$share"
mkdir -p "$share/bash-completion/completions" "$share/zsh/vendor-completions" "$share/fish/vendor_completions.d" "$share/man/man1" \
  "$share/man/man5" "$share/driftd" "$share/doc/driftd"
"$driftd" completion bash >"$share/bash-completion/completions/driftd"
"$driftd" completion zsh >"$share/zsh/vendor-completions/_driftd"
"$driftd" completion fish >"$share/fish/vendor_completions.d/driftd.fish"
"$driftd" help --man driftd.1 | gzip -9n >"$share/man/man1/driftd.1.gz"
"$driftd" help --man driftd.yaml.5 | gzip -9n >"$share/man/man5/driftd.yaml.5.gz"
"$driftd" schema config >"$share/driftd/driftd.schema.json"
"$driftd" schema event >"$share/driftd/event.schema.json"
sed "s/@VERSION@/$version/" "$here/changelog" | gzip -9n >"$share/doc/driftd/changelog.Debian.gz"
