// What FieldCrypto uses of libcrypto 3: nothing deprecated. And one call of the kernel, which Swift cannot make.
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <sys/prctl.h>

// Macros that Swift does not import: what EVP_PKEY_fromdata makes.
static const int key_selection_public = EVP_PKEY_PUBLIC_KEY;
static const int key_selection_pair = EVP_PKEY_KEYPAIR;

// A parameter keeps the address of its name, so the name must be one of C: Swift lends a string for one call only.
static inline OSSL_PARAM parameter_digest(char *name) {
    return OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0);
}
static inline OSSL_PARAM parameter_cipher(char *name) {
    return OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, name, 0);
}
static inline OSSL_PARAM parameter_group(char *name) {
    return OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name, 0);
}
static inline OSSL_PARAM parameter_public_point(void *point, size_t count) {
    return OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, count);
}
static inline OSSL_PARAM parameter_private_number(void *number, size_t count) {
    return OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, number, count);
}
static inline OSSL_PARAM parameter_signer_id(void *id, size_t count) {
    return OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_DIST_ID, id, count);
}

// prctl takes a variable number of arguments, which Swift does not call. Answers 0 where the process can no longer
// be dumped or traced by another process of its user.
static inline int process_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
