// What FieldCrypto uses of libcrypto 3: the EVP interface only, nothing deprecated.
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
