// What libcrypto itself costs: each operation of Scripts/bench-crypto with kept contexts and nothing around it.
//
// Prints one JSON line for each operation: its name, bytes of text, bytes of associated data, and the nanoseconds of
// one operation in the quickest of many slices. Exits with 1 where libcrypto fails.
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/core_names.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SLICES = 400, TEXT_MAX = 4096 };

static unsigned char text[TEXT_MAX + 64], data[256], key[64], nonce[16], tag[32];
static EVP_CIPHER_CTX *gcm_sealing, *gcm_opening, *sm4;
static EVP_MAC_CTX *code;

static void require(int result, const char *what) {
    if (result == 1) return;
    fprintf(stderr, "libcrypto: %s failed\n", what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static void gcm_seal(int text_count, int data_count) {
    int count;
    nonce[0]++;
    require(EVP_EncryptInit_ex2(gcm_sealing, NULL, NULL, nonce, NULL), "EVP_EncryptInit_ex2");
    require(EVP_EncryptUpdate(gcm_sealing, NULL, &count, data, data_count), "EVP_EncryptUpdate");
    require(EVP_EncryptUpdate(gcm_sealing, text, &count, text, text_count), "EVP_EncryptUpdate");
    require(EVP_EncryptFinal_ex(gcm_sealing, tag, &count), "EVP_EncryptFinal_ex");
    require(EVP_CIPHER_CTX_ctrl(gcm_sealing, EVP_CTRL_AEAD_GET_TAG, 16, tag), "EVP_CTRL_AEAD_GET_TAG");
}

// The nonce is another one, so the tag is wrong; the work is the same.
static void gcm_open(int text_count, int data_count) {
    int count;
    nonce[0]++;
    require(EVP_DecryptInit_ex2(gcm_opening, NULL, NULL, nonce, NULL), "EVP_DecryptInit_ex2");
    require(EVP_DecryptUpdate(gcm_opening, NULL, &count, data, data_count), "EVP_DecryptUpdate");
    require(EVP_DecryptUpdate(gcm_opening, text, &count, text, text_count), "EVP_DecryptUpdate");
    require(EVP_CIPHER_CTX_ctrl(gcm_opening, EVP_CTRL_AEAD_SET_TAG, 16, tag), "EVP_CTRL_AEAD_SET_TAG");
    if (EVP_DecryptFinal_ex(gcm_opening, tag, &count) == 1) exit(1);
}

static void sm4_code(int text_count, int data_count) {
    size_t count;
    require(EVP_MAC_init(code, NULL, 0, NULL), "EVP_MAC_init");
    require(EVP_MAC_update(code, data, 8), "EVP_MAC_update");
    require(EVP_MAC_update(code, data, data_count), "EVP_MAC_update");
    require(EVP_MAC_update(code, nonce, 16), "EVP_MAC_update");
    require(EVP_MAC_update(code, text, text_count), "EVP_MAC_update");
    require(EVP_MAC_update(code, data, 1), "EVP_MAC_update");
    require(EVP_MAC_final(code, tag, &count, 32), "EVP_MAC_final");
}

static void sm4_text(int text_count) {
    int count;
    require(EVP_EncryptInit_ex2(sm4, NULL, NULL, nonce, NULL), "EVP_EncryptInit_ex2");
    require(EVP_EncryptUpdate(sm4, text, &count, text, text_count), "EVP_EncryptUpdate");
}

static void sm4_seal(int text_count, int data_count) {
    nonce[0]++;
    sm4_text(text_count);
    sm4_code(text_count, data_count);
}

static void sm4_open(int text_count, int data_count) {
    sm4_code(text_count, data_count);
    sm4_text(text_count);
}

static void measure(const char *name, void (*operation)(int, int), int text_count, int data_count, int times) {
    double best = 1e18;
    for (int slice = 0; slice < SLICES; slice++) {
        double start = now();
        for (int turn = 0; turn < times; turn++) operation(text_count, data_count);
        double took = (now() - start) / times;
        if (took < best) best = took;
    }
    printf("{\"name\": \"%s\", \"bytes\": %d, \"data\": %d, \"ns\": %.1f}\n", name, text_count, data_count, best);
}

int main(int count, char **arguments) {
    // As many bytes of associated data as the ring's addresses have.
    int own_data = count > 1 ? atoi(arguments[1]) : 128;
    if (own_data < 1 || own_data > (int)sizeof data) return 64;
    EVP_CIPHER *aes = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    EVP_CIPHER *counter = EVP_CIPHER_fetch(NULL, "SM4-CTR", NULL);
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    OSSL_PARAM hash[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SM3", 0), OSSL_PARAM_construct_end()};
    gcm_sealing = EVP_CIPHER_CTX_new();
    gcm_opening = EVP_CIPHER_CTX_new();
    sm4 = EVP_CIPHER_CTX_new();
    code = EVP_MAC_CTX_new(hmac);
    require(EVP_EncryptInit_ex2(gcm_sealing, aes, key, nonce, NULL), "EVP_EncryptInit_ex2");
    require(EVP_DecryptInit_ex2(gcm_opening, aes, key, nonce, NULL), "EVP_DecryptInit_ex2");
    require(EVP_EncryptInit_ex2(sm4, counter, key, nonce, NULL), "EVP_EncryptInit_ex2");
    require(EVP_MAC_init(code, key, 32, hash), "EVP_MAC_init");
    int sizes[] = {16, 64, 256}, data_counts[] = {48, own_data};
    for (int size = 0; size < 3; size++) {
        for (int which = 0; which < 2; which++) {
            measure("aes seal", gcm_seal, sizes[size], data_counts[which], 500);
            measure("aes open", gcm_open, sizes[size], data_counts[which], 500);
            measure("sm seal", sm4_seal, sizes[size], data_counts[which], 100);
            measure("sm open", sm4_open, sizes[size], data_counts[which], 100);
        }
    }
    return 0;
}
