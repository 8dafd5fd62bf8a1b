#!/bin/sh
# Checks the Ed25519 signature of a checkpoint with nothing but the OpenSSL command and coreutils.
#
#   verify_note.sh CHECKPOINT VKEY_FILE
#
# VKEY_FILE holds the log's key as name+keyid+base64; take it from somewhere else than the log. The line signed by
# that name and key id is looked for; what it signs is everything before the last empty line. Ends with 0 where the
# signature is right, else with 1 and a line of reason.
set -eu

refuse() {
    echo "refused: $1" >&2
    exit 1
}

[ $# -eq 2 ] || refuse "expected a checkpoint and a key file"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

vkey=$(tr -d '\n' <"$2")
name=${vkey%%+*}
rest=${vkey#*+}
key_id=${rest%%+*}
key_base64=${rest#*+}

hexadecimal() { od -An -v -tx1 | tr -d ' \n'; }

key=$(printf '%s' "$key_base64" | base64 -d | hexadecimal) || refuse "the key is not base64"
[ ${#key} -eq 66 ] || refuse "the key is not 1 byte of kind and 32 of key"
[ "${key%????????????????????????????????????????????????????????????????}" = "01" ] || refuse "the key is not Ed25519"
expected_id=$({ printf '%s\n' "$name"; printf '%s' "$key_base64" | base64 -d; } | sha256sum | cut -c1-8)
[ "$expected_id" = "$key_id" ] || refuse "the key's id is not that of its name and bytes"

# Everything before the last empty line is signed; the rest is signatures.
split=$(grep -n '^$' "$1" | tail -n 1 | cut -d: -f1)
[ -n "$split" ] && [ "$split" -gt 1 ] || refuse "there are no signatures"
head -n $((split - 1)) "$1" >"$work/text"
[ "$(head -n 1 "$work/text")" = "$name" ] || refuse "the first line is not '$name'"

tail -n +$((split + 1)) "$1" | while IFS= read -r line; do
    case $line in
    "— $name "*) printf '%s\n' "${line#"— $name "}" ;;
    esac
done >"$work/candidates"

found=0
while IFS= read -r signature; do
    printf '%s' "$signature" | base64 -d >"$work/whole" 2>/dev/null || refuse "a signature is not base64"
    [ "$(head -c 4 "$work/whole" | hexadecimal)" = "$key_id" ] || continue
    tail -c +5 "$work/whole" >"$work/signature"
    # RFC 8410: the 12 bytes that make 32 bytes of Ed25519 key a public key file.
    { printf '\060\052\060\005\006\003\053\145\160\003\041\000'; printf '%s' "$key_base64" | base64 -d | tail -c 32; } \
        >"$work/key.der"
    openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$work/key.der" -in "$work/text" \
        -sigfile "$work/signature" >/dev/null 2>&1 || refuse "the signature of '$name' is wrong"
    found=1
done <"$work/candidates"
[ $found -eq 1 ] || refuse "'$name' did not sign"
echo "signed by $name: $(sed -n 2p "$work/text") entries, root $(sed -n 3p "$work/text")"
