/*
 * Which IAM action an S3 operation takes, by method, level and query.
 *
 * The source of the actions is the S3 page of the Service Authorization Reference and the table "Required permissions
 * for Amazon S3 API operations" of the S3 User Guide.
 */
#ifndef GATE_S3_OPERATIONS_H
#define GATE_S3_OPERATIONS_H

#include "text.h"

/* The parameters of a query that S3 knows: bits of a set. First those that select another operation. */
typedef enum s3_parameter {
    S3_ACCELERATE,
    S3_ACL,
    S3_ANALYTICS,
    S3_ATTRIBUTES,
    S3_CORS,
    S3_DELETE,
    S3_ENCRYPTION,
    S3_INTELLIGENT_TIERING,
    S3_INVENTORY,
    S3_LEGAL_HOLD,
    S3_LIFECYCLE,
    S3_LOCATION,
    S3_LOGGING,
    S3_METRICS,
    S3_NOTIFICATION,
    S3_OBJECT_LOCK,
    S3_OWNERSHIP_CONTROLS,
    S3_POLICY,
    S3_POLICY_STATUS,
    S3_PUBLIC_ACCESS_BLOCK,
    S3_REPLICATION,
    S3_REQUEST_PAYMENT,
    S3_RESTORE,
    S3_RETENTION,
    S3_SELECT,
    S3_TAGGING,
    S3_TORRENT,
    S3_UPLOADS,
    S3_UPLOAD_ID,
    S3_VERSIONING,
    S3_VERSIONS,
    S3_WEBSITE,
    /* From here on what an operation is told. */
    S3_PREFIX,
    S3_DELIMITER,
    S3_MAX_KEYS,
    S3_VERSION_ID,
    S3_PART_NUMBER,
    S3_SELECT_TYPE,
    S3_CONFIGURATION_ID,
    /* Parts of a signature: of version 4, and of version 2. */
    S3_V4_ALGORITHM,
    S3_V4_CREDENTIAL,
    S3_V4_DATE,
    S3_V4_EXPIRES,
    S3_V4_SIGNATURE,
    S3_V4_SIGNED_HEADERS,
    S3_V4_TOKEN,
    S3_V2_KEY,
    S3_V2_EXPIRES,
    S3_V2_SIGNATURE,
    /* Groups of parameters that no policy looks at. */
    S3_LISTING,
    S3_PARTS,
    S3_RESPONSE,
    S3_ANYWHERE,
    /* No parameter: among what an operation may have it says that policies could look at what is in the body. */
    S3_BODY,
} s3_parameter;

typedef uint64_t s3_parameters;

#define S3_BIT(parameter) ((s3_parameters)1 << (parameter))
#define S3_SELECTS (S3_BIT(S3_PREFIX) - 1)
/* Those by which nothing is decided. */
#define S3_UNDECIDED (S3_BIT(S3_LISTING) | S3_BIT(S3_PARTS) | S3_BIT(S3_RESPONSE) | S3_BIT(S3_ANYWHERE))
/* What a signature of version 4 has, but for a session's token, and one of version 2. */
#define S3_V4 (S3_BIT(S3_V4_TOKEN) - S3_BIT(S3_V4_ALGORITHM))
#define S3_V2 (S3_BIT(S3_V2_SIGNATURE + 1) - S3_BIT(S3_V2_KEY))
#define S3_SIGNATURES (S3_V4 | S3_BIT(S3_V4_TOKEN) | S3_V2)

/* Sub-resources that take the action of the request without the parameter as well: S3 itself wants it for attributes, and
 * to stores that do not have the others, the request is that. */
#define S3_PLAIN_TOO                                                                                                   \
    (S3_BIT(S3_ATTRIBUTES) | S3_BIT(S3_ACCELERATE) | S3_BIT(S3_ANALYTICS) | S3_BIT(S3_ENCRYPTION) |                    \
     S3_BIT(S3_INTELLIGENT_TIERING) | S3_BIT(S3_INVENTORY) | S3_BIT(S3_LOGGING) | S3_BIT(S3_METRICS) |                 \
     S3_BIT(S3_NOTIFICATION) | S3_BIT(S3_OWNERSHIP_CONTROLS) | S3_BIT(S3_POLICY_STATUS) |                              \
     S3_BIT(S3_PUBLIC_ACCESS_BLOCK) | S3_BIT(S3_REPLICATION) | S3_BIT(S3_REQUEST_PAYMENT) | S3_BIT(S3_TORRENT) |       \
     S3_BIT(S3_WEBSITE))

typedef enum s3_level {
    S3_SERVICE,
    S3_BUCKET,
    S3_OBJECT,
} s3_level;

typedef struct s3_operation {
    s3_level level;
    iamlet_text method;
    /* What the query must have: of the selecting parameters exactly these. */
    s3_parameters required;
    /* What it may have. */
    s3_parameters optional;
    iamlet_text action;
    /* The action where a version is asked for; empty where none can be. */
    iamlet_text versioned_action;
} s3_operation;

/* There are fewer names of parameters. */
#define S3_NAMES_MAX 128

/* The parameter of a name, in the case in which S3 writes it, and the number of the name. Returns NULL, or why it is
 * refused. */
const char *s3_find_parameter(iamlet_text name, s3_parameter *parameter, size_t *number);

/* Whether a parameter has a value: S3's selecting parameters have none, but for `uploadId`. */
bool s3_takes_value(s3_parameter parameter);

/* The operation of a request; NULL where S3 has none, or none whose action and resource are in its head. */
const s3_operation *s3_find_operation(s3_level level, iamlet_text method, s3_parameters parameters);

#endif
