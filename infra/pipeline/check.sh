#!/usr/bin/env bash
# Uses a deployed environment as its guests do, and fails where it does not do as it should. For a stack made for tests: it makes accounts.
#
#   check.sh URL USER_POOL_ID CLIENT_ID ADMIN_GROUP
#
# It needs curl, and the AWS command line with permission to administer the user pool.
set -euo pipefail

url=${1%/} pool=$2 client=$3 group=$4
stamp=$(date +%s)-$RANDOM
password="Check-$stamp!a"
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# expect STATUS METHOD PATH [TOKEN [BODY]]: sends a request; the answer's body is in $answer.
expect() {
  local status=$1 method=$2 path=$3 token=${4:-} body=${5:-} there
  local send=(--silent --show-error --max-time 30 --output "$answer" --write-out '%{http_code}' --request "$method")
  [ -z "$token" ] || send+=(--header "Authorization: $token")
  [ -z "$body" ] || send+=(--header 'Content-Type: application/json' --data "$body")
  there=$(curl "${send[@]}" "$url$path")
  if [ "$there" != "$status" ]; then
    echo "$method $path: $there instead of $status: $(cat "$answer")" >&2
    exit 1
  fi
  echo "$method $path: $there"
}

# account EMAIL [GROUP]: makes an account.
account() {
  aws cognito-idp admin-create-user --user-pool-id "$pool" --username "$1" --message-action SUPPRESS \
    --user-attributes "Name=email,Value=$1" Name=email_verified,Value=true > "$answer"
  aws cognito-idp admin-set-user-password --user-pool-id "$pool" --username "$1" --password "$password" --permanent
  [ -z "${2:-}" ] || aws cognito-idp admin-add-user-to-group --user-pool-id "$pool" --username "$1" --group-name "$2"
}

# token EMAIL: prints an ID token.
token() {
  aws cognito-idp initiate-auth --client-id "$client" --auth-flow USER_PASSWORD_AUTH \
    --auth-parameters "USERNAME=$1,PASSWORD=$password" --query AuthenticationResult.IdToken --output text
}

# sub TOKEN: prints whose it is.
sub() {
  python3 -c 'import base64, json, sys; body = sys.argv[1].split(".")[1]; print(json.loads(base64.urlsafe_b64decode(body + "=="))["sub"])' "$1"
}

account "admin-$stamp@example.com" "$group"
account "guest-$stamp@example.com"
admin=$(token "admin-$stamp@example.com")
guest=$(token "guest-$stamp@example.com")
me=$(sub "$guest")
place=check-$stamp
later=$((($(date +%s) / 86400 + 2) * 86400))

expect 200 GET /health
expect 200 GET /ready
expect 401 GET /locations
expect 401 GET /locations "no-token"
expect 403 GET /users "$guest"
expect 200 GET "/users?limit=1" "$admin"
expect 403 PUT "/locations/$place" "$guest" '{"name":"Check"}'
expect 400 PUT "/locations/$place" "$admin" '{}'
expect 201 PUT "/locations/$place" "$admin" '{"name":"Check"}'
expect 201 PUT "/locations/$place/resources/$place" "$admin" '{"name":"Check"}'
expect 201 PUT "/users/$me/bookings/$place" "$guest" "{\"resourceID\":\"$place\",\"starttimeepochtime\":$later}"
expect 409 PUT "/users/$me/bookings/$place-2" "$guest" "{\"resourceID\":\"$place\",\"starttimeepochtime\":$later}"
expect 200 DELETE "/users/$me/bookings/$place" "$guest"
expect 200 POST /orders "$guest" \
  "{\"orderId\":\"$place\",\"restaurantId\":1,\"totalAmount\":5,\"orderItems\":[{\"id\":1,\"name\":\"Tea\",\"price\":5,\"quantity\":1}]}"
expect 200 DELETE "/orders/$place" "$guest"

# A request that is fulfilled later: by the functions that follow streams.
expect 200 POST /book "$guest" '{"name":"Check"}'
message=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["PublishResponse"]["PublishResult"]["MessageId"])' "$answer")
for _ in $(seq 60); do
  expect 200 GET "/query/$message" "$guest"
  grep -q 'booking completed' "$answer" && break
  sleep 1
done
grep -q 'booking completed' "$answer" || { echo "the request was not fulfilled within a minute" >&2; exit 1; }

expect 200 DELETE "/locations/$place/resources/$place?cascade=true" "$admin"
expect 200 DELETE "/locations/$place" "$admin"
echo "all is as it should be"
