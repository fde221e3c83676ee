/* SPDX-License-Identifier: MIT
 *
 * SHA-256 over libcrypto's EVP, which uses the processor's instructions.
 */
#include "base/sha256.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "base/mem.h"

struct sha256 {
	EVP_MD_CTX *ctx;
};

/* EVP fails only when memory is out or the library is broken; both end the program. */
static void must(int ok)
{
	if (!ok)
		abort();
}

struct sha256 *sha256_new(void)
{
	struct sha256 *h = xmalloc(sizeof *h);
	h->ctx = EVP_MD_CTX_new();
	must(h->ctx != NULL);
	must(EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL));
	return h;
}

void sha256_add(struct sha256 *h, const void *p, size_t n)
{
	if (n)
		must(EVP_DigestUpdate(h->ctx, p, n));
}

void sha256_end(struct sha256 *h, unsigned char out[static SHA256_SIZE])
{
	must(EVP_DigestFinal_ex(h->ctx, out, NULL));
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

void sha256_of(struct str s, unsigned char out[static SHA256_SIZE])
{
	struct sha256 *h = sha256_new();
	sha256_add(h, s.p, s.n);
	sha256_end(h, out);
}

void hex_encode(const unsigned char *p, size_t n, char *out)
{
	static const char digit[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digit[p[i] >> 4];
		out[2 * i + 1] = digit[p[i] & 15];
	}
	out[2 * n] = '\0';
}

const char *sha256_library_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}
