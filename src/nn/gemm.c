// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/space.h>
#include <cblas.h>
#include <nn/nn-private.h>
#include <sys/resource.h>

/* OpenBLAS maps its buffers at the first product and tries again for ever if
 * it gets none (OpenBLAS issue 5289); about 350 MB sufficed two threads. */
#define MIN_ADDRESS_SPACE ((rlim_t)512 << 20)
/* A buffer of OpenBLAS and, while it is being aligned, an arena of malloc:
 * 128 MiB each. */
#define THREAD_ADDRESS_SPACE ((size_t)272 << 20)

#ifdef PARTITA_NN_DOUBLE
#define REAL_GEMM cblas_dgemm
#define REAL_GEMV cblas_dgemv
#else
#define REAL_GEMM cblas_sgemm
#define REAL_GEMV cblas_sgemv
#endif

GQuark
partita_nn_error_quark(void)
{
  return g_quark_from_static_string("partita-nn-error-quark");
}

bool
partita_nn_init(GError **error)
{
  struct rlimit limit;

  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
      limit.rlim_cur < MIN_ADDRESS_SPACE) {
    g_set_error(error, PARTITA_NN_ERROR, PARTITA_NN_ERROR_MEMORY,
                "the limit on address space (ulimit -v) is %" G_GUINT64_FORMAT
                " MiB; the libraries need at least %" G_GUINT64_FORMAT " MiB",
                (guint64)limit.rlim_cur >> 20,
                (guint64)MIN_ADDRESS_SPACE >> 20);
    return false;
  }
  openblas_set_num_threads(1);
  return true;
}

bool
partita_nn_check_room(unsigned threads, GError **error)
{
  const size_t size = threads * THREAD_ADDRESS_SPACE;

  if (partita_space_has(size))
    return true;
  g_set_error(error, PARTITA_NN_ERROR, PARTITA_NN_ERROR_MEMORY,
              "the limit on address space (ulimit -v) leaves no room for the "
              "products of %u threads, %zu MiB",
              threads, size >> 20);
  return false;
}

const char *
partita_nn_get_core_name(void)
{
  return openblas_get_corename();
}

// c[n] = a[k] b. The sums start at 0 kept in @c, for not every release of
// OpenBLAS takes a factor of 0 to mean that @c is not read.
static void
multiply_row(unsigned flags,
             int n,
             int k,
             const PartitaReal *a,
             const PartitaReal *b,
             PartitaReal *c)
{
  const bool transposed = flags & PARTITA_NN_TRANSPOSE_B;

  if (!(flags & PARTITA_NN_ACCUMULATE))
    memset(c, 0, sizeof *c * (size_t)n);
  REAL_GEMV(CblasRowMajor, transposed ? CblasNoTrans : CblasTrans,
            transposed ? n : k, transposed ? k : n, 1, b, transposed ? k : n, a,
            1, 1, c, 1);
}

void
partita_nn_gemm(unsigned flags,
                size_t m,
                size_t n,
                size_t k,
                const PartitaReal *a,
                const PartitaReal *b,
                PartitaReal *c)
{
  const bool a_transposed = flags & PARTITA_NN_TRANSPOSE_A;
  const bool b_transposed = flags & PARTITA_NN_TRANSPOSE_B;
  const PartitaReal keep = (PartitaReal)((flags & PARTITA_NN_ACCUMULATE) != 0);

  g_return_if_fail(m > 0 && n > 0 && k > 0);
  g_return_if_fail(m <= G_MAXINT && n <= G_MAXINT && k <= G_MAXINT);
  if (m == 1) {
    multiply_row(flags, (int)n, (int)k, a, b, c);
    return;
  }
  REAL_GEMM(CblasRowMajor, a_transposed ? CblasTrans : CblasNoTrans,
            b_transposed ? CblasTrans : CblasNoTrans, (int)m, (int)n, (int)k, 1,
            a, (int)(a_transposed ? m : k), b, (int)(b_transposed ? k : n),
            keep, c, (int)n);
}
