"""The body of the Cognito JSON protocol is JSON."""

import schemathesis

schemathesis.serializer.alias("application/x-amz-json-1.1", "application/json")
