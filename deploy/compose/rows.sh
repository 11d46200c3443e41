#!/bin/sh
# The demo's rows for compose.yaml, from its CSV on standard input; needs no more than awk.
#   rows.sh reference   those of 2015, as CSV
#   rows.sh json        those after 2015, a JSON object a line, as a model's service would send them
#   rows.sh pace N      hands on N lines a second
set -eu
case ${1-} in
  reference) awk -F, 'NR == 1 || $2 < "2016"' ;;
  json)
    awk -F, '
      { sub(/\r$/, "") }
      NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i; next }
      $2 < "2016" { next }
      {
        line = "{\"" name[2] "\":\"" $2 "\""
        for (i = 3; i <= NF; i++) if ($i != "") line = line ",\"" name[i] "\":" $i
        print line "}"
      }' ;;
  pace) awk -v count="$2" '{ print } NR % count == 0 { fflush(); system("sleep 1") }' ;;
  *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2 && exit 64 ;;
esac
