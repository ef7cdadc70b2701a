#!/usr/bin/env bash
# Puts the templates and the program into a bucket, as CloudFormation takes them without any tool, and prints a link that opens them in the
# console, to be created by a click.
#
#   package.sh BUCKET [PREFIX]
#
# The bucket is in the region where stacks are to be made, and those who use the link may read it. `sam build` comes first, from the
# repository's root: sam build --template infra/sam/template.yaml
set -euo pipefail

bucket=$1 prefix=${2:-frontdesk}
built=${BUILT:-.aws-sam/build/template.yaml}
[ -e "$built" ] || { echo "$built is not there: run sam build --template infra/sam/template.yaml first" >&2; exit 1; }
region=$(aws s3api get-bucket-location --bucket "$bucket" --query LocationConstraint --output text)
case $region in None | null | '') region=us-east-1 ;; esac
packaged=$(mktemp -d)
trap 'rm -rf "$packaged"' EXIT

# Names of what is uploaded are digests: what has not changed is not uploaded again, and older templates go on to work.
sam package --template "$built" --region "$region" --s3-bucket "$bucket" --s3-prefix "$prefix" \
  --output-template-file "$packaged/frontdesk.yaml" > "$packaged/log" 2>&1 || { cat "$packaged/log" >&2; exit 1; }
aws s3 cp --quiet --region "$region" "$packaged/frontdesk.yaml" "s3://$bucket/$prefix/frontdesk.yaml"

echo "https://$region.console.aws.amazon.com/cloudformation/home?region=$region#/stacks/quickcreate?stackName=frontdesk&templateURL=https://$bucket.s3.$region.amazonaws.com/$prefix/frontdesk.yaml"
