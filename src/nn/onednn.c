// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Products of bf16 by oneDNN, and of bytes. Weights are brought into the blocks
 * it likes best, those of bf16 from float, which pays most where a has few
 * rows; the numbers of the other products are taken as they lie. A run hands
 * over all memory it needs; oneDNN itself makes and frees a few small tables of
 * arguments in it. */

#include <dnnl.h>
#include <nn/onednn-private.h>
#include <stdlib.h>

#define ALIGNMENT 64

/* Of libgomp, which runs under Debian's oneDNN; its header does not come with
 * every compiler. The number is the calling thread's own. */
extern void
omp_set_num_threads(int n);
extern int
omp_get_max_threads(void);

typedef struct {
  PartitaNnProduct base;
  bool bytes; ///< of signed bytes, also the weights as they are given
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  dnnl_primitive_t matmul;
  dnnl_primitive_t reorder; ///< of weights; else NULL
  dnnl_memory_t a;
  dnnl_memory_t b;
  dnnl_memory_t c;
  dnnl_memory_t scratch;
  dnnl_memory_t weights; ///< as they are given; else NULL
  void *b_block;         ///< of weights, in blocks; else NULL
  void *scratch_block;   ///< its own; else NULL
} OnednnProduct;

bool
partita_nn_onednn_fits(void)
{
  const unsigned wanted = dnnl_cpu_isa_avx512_core_bf16; // AMX contains it

  return ((unsigned)dnnl_get_effective_cpu_isa() & wanted) == wanted;
}

void
partita_nn_onednn_free(PartitaNnProduct *base)
{
  OnednnProduct *const product = (OnednnProduct *)base;
  const dnnl_memory_t memories[] = {product->a, product->b, product->c,
                                    product->scratch, product->weights};

  for (size_t i = 0; i < G_N_ELEMENTS(memories); ++i)
    (void)dnnl_memory_destroy(memories[i]);
  (void)dnnl_primitive_destroy(product->matmul);
  (void)dnnl_primitive_destroy(product->reorder);
  (void)dnnl_stream_destroy(product->stream);
  (void)dnnl_engine_destroy(product->engine);
  free(product->b_block);
  free(product->scratch_block);
  g_free(product);
}

// Describes [rows, columns], kept as [columns, rows] if @transposed.
static bool
describe(dnnl_memory_desc_t *desc,
         size_t rows,
         size_t columns,
         dnnl_data_type_t type,
         bool transposed)
{
  const dnnl_dims_t dims = {(dnnl_dim_t)rows, (dnnl_dim_t)columns};
  const dnnl_dims_t strides = {transposed ? 1 : (dnnl_dim_t)columns,
                               transposed ? (dnnl_dim_t)rows : 1};

  return dnnl_memory_desc_init_by_strides(desc, 2, dims, type, strides) ==
         dnnl_success;
}

static size_t
round_size(const dnnl_memory_desc_t *desc)
{
  return (dnnl_memory_desc_get_size(desc) + ALIGNMENT - 1) / ALIGNMENT *
         ALIGNMENT;
}

// The block's size may be 0, then nothing is allocated.
static bool
take_block(const dnnl_memory_desc_t *desc, void **block)
{
  const size_t size = round_size(desc);

  if (size == 0)
    return true;
  *block = aligned_alloc(ALIGNMENT, size);
  return *block != NULL;
}

static bool
make_memory(const OnednnProduct *product,
            const dnnl_memory_desc_t *desc,
            void *block,
            dnnl_memory_t *memory)
{
  return dnnl_memory_create(memory, desc, product->engine, block) ==
         dnnl_success;
}

static bool
append_sum(dnnl_primitive_attr_t attributes)
{
  dnnl_post_ops_t sum = NULL;

  if (dnnl_post_ops_create(&sum) != dnnl_success)
    return false;

  const bool done =
    dnnl_post_ops_append_sum(sum, 1.0f) == dnnl_success &&
    dnnl_primitive_attr_set_post_ops(attributes, sum) == dnnl_success;

  (void)dnnl_post_ops_destroy(sum);
  return done;
}

/// (transfer none): the blocks in which the lender keeps the weights
static const dnnl_memory_desc_t *
describe_lent(const PartitaNnProduct *product)
{
  const dnnl_memory_desc_t *desc = NULL;

  (void)dnnl_memory_get_memory_desc(((const OnednnProduct *)product->lender)->b,
                                    &desc);
  return desc;
}

/// (transfer full) (nullable): a product of bf16 or bytes into float.
static dnnl_primitive_desc_t
choose_matmul(const OnednnProduct *product)
{
  const PartitaNnProduct *const p = &product->base;
  const dnnl_data_type_t type = product->bytes ? dnnl_s8 : dnnl_bf16;
  const dnnl_dims_t b_dims = {(dnnl_dim_t)p->k, (dnnl_dim_t)p->n};
  dnnl_memory_desc_t a, b, c;
  dnnl_matmul_desc_t desc;
  dnnl_primitive_attr_t attributes = NULL;
  dnnl_primitive_desc_t chosen = NULL;

  if (!describe(&a, p->m, p->k, type, p->flags & PARTITA_NN_TRANSPOSE_A) ||
      !describe(&b, p->k, p->n, type, p->flags & PARTITA_NN_TRANSPOSE_B) ||
      !describe(&c, p->m, p->n, dnnl_f32, false))
    return NULL;
  if (p->lender != NULL)
    b = *describe_lent(p);
  else if (p->weights &&
           dnnl_memory_desc_init_by_tag(&b, 2, b_dims, type,
                                        dnnl_format_tag_any) != dnnl_success)
    return NULL;
  if (dnnl_matmul_desc_init(&desc, &a, &b, NULL, &c) != dnnl_success ||
      dnnl_primitive_attr_create(&attributes) != dnnl_success)
    return NULL;
  if (dnnl_primitive_attr_set_scratchpad_mode(
        attributes, dnnl_scratchpad_mode_user) == dnnl_success &&
      (!(p->flags & PARTITA_NN_ACCUMULATE) || append_sum(attributes)) &&
      dnnl_primitive_desc_create(&chosen, &desc, attributes, product->engine,
                                 NULL) != dnnl_success)
    chosen = NULL;
  (void)dnnl_primitive_attr_destroy(attributes);
  return chosen;
}

static bool
make_reorder(OnednnProduct *product, const dnnl_memory_desc_t *blocked)
{
  const PartitaNnProduct *const p = &product->base;
  dnnl_memory_desc_t plain;
  dnnl_primitive_desc_t desc = NULL;

  if (!describe(&plain, p->k, p->n, product->bytes ? dnnl_s8 : dnnl_f32,
                p->flags & PARTITA_NN_TRANSPOSE_B) ||
      dnnl_reorder_primitive_desc_create(&desc, &plain, product->engine,
                                         blocked, product->engine,
                                         NULL) != dnnl_success)
    return false;

  const bool made =
    dnnl_primitive_create(&product->reorder, desc) == dnnl_success;

  (void)dnnl_primitive_desc_destroy(desc);
  return made && take_block(blocked, &product->b_block) &&
         make_memory(product, &plain, NULL, &product->weights);
}

static bool
make_matmul(OnednnProduct *product, const_dnnl_primitive_desc_t desc)
{
  const dnnl_memory_desc_t *const b =
    dnnl_primitive_desc_query_md(desc, dnnl_query_weights_md, 0);
  const dnnl_memory_desc_t *const scratch =
    dnnl_primitive_desc_query_md(desc, dnnl_query_scratchpad_md, 0);

  const bool owns = product->base.weights && product->base.lender == NULL;
  void *const block =
    product->base.lender == NULL
      ? NULL
      : ((const OnednnProduct *)product->base.lender)->b_block;

  return dnnl_primitive_create(&product->matmul, desc) == dnnl_success &&
         (!owns || make_reorder(product, b)) &&
         (product->base.scratch != NULL ||
          take_block(scratch, &product->scratch_block)) &&
         make_memory(product,
                     dnnl_primitive_desc_query_md(desc, dnnl_query_src_md, 0),
                     NULL, &product->a) &&
         make_memory(product, b, owns ? product->b_block : block,
                     &product->b) &&
         make_memory(product,
                     dnnl_primitive_desc_query_md(desc, dnnl_query_dst_md, 0),
                     NULL, &product->c) &&
         make_memory(product, scratch,
                     product->base.scratch != NULL ? product->base.scratch
                                                   : product->scratch_block,
                     &product->scratch);
}

static size_t
count_bytes(const_dnnl_primitive_desc_t desc, dnnl_query_t what)
{
  return round_size(dnnl_primitive_desc_query_md(desc, what, 0));
}

/* What a product takes depends on the threads that it is planned for, so it is
 * measured and planned for the one that will run it. */
bool
partita_nn_onednn_measure(const PartitaNnProduct *shape,
                          bool bytes,
                          size_t *weights,
                          size_t *scratch)
{
  const int threads = omp_get_max_threads();
  OnednnProduct product = {.base = *shape, .bytes = bytes};
  dnnl_primitive_desc_t desc = NULL;

  omp_set_num_threads(1);
  if (dnnl_engine_create(&product.engine, dnnl_cpu, 0) == dnnl_success)
    desc = choose_matmul(&product);
  omp_set_num_threads(threads);

  const bool measured = desc != NULL;

  if (measured) {
    *weights = shape->weights ? count_bytes(desc, dnnl_query_weights_md) : 0;
    *scratch = count_bytes(desc, dnnl_query_scratchpad_md);
  }

  (void)dnnl_primitive_desc_destroy(desc);
  (void)dnnl_engine_destroy(product.engine);
  return measured;
}

static bool
plan(OnednnProduct *product)
{
  if (dnnl_engine_create(&product->engine, dnnl_cpu, 0) != dnnl_success ||
      dnnl_stream_create(&product->stream, product->engine,
                         dnnl_stream_default_flags) != dnnl_success)
    return false;

  const dnnl_primitive_desc_t desc = choose_matmul(product);
  const bool made = desc != NULL && make_matmul(product, desc);

  (void)dnnl_primitive_desc_destroy(desc);
  return made;
}

PartitaNnProduct *
partita_nn_onednn_new(const PartitaNnProduct *shape, bool bytes)
{
  OnednnProduct *const product = g_new0(OnednnProduct, 1);
  const int threads = omp_get_max_threads();

  product->base = *shape;
  product->bytes = bytes;
  omp_set_num_threads(1);

  const bool made = plan(product);

  omp_set_num_threads(threads);
  if (!made) {
    partita_nn_onednn_free(&product->base);
    return NULL;
  }
  return &product->base;
}

// On the calling thread alone, whatever OpenMP would have by itself.
static void
execute(OnednnProduct *product,
        dnnl_primitive_t primitive,
        const dnnl_exec_arg_t *arguments,
        int n_arguments)
{
  const int threads = omp_get_max_threads();

  omp_set_num_threads(1);

  const dnnl_status_t status =
    dnnl_primitive_execute(primitive, product->stream, n_arguments, arguments);

  omp_set_num_threads(threads);
  // Shapes and memory were settled with the plan: only new tables can fail,
  // as any small allocation can.
  if (status != dnnl_success)
    g_error("oneDNN: a product failed with status %d", (int)status);
}

void
partita_nn_onednn_set_weights(PartitaNnProduct *base, const void *b)
{
  OnednnProduct *const product = (OnednnProduct *)base;
  const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, product->weights},
                                       {DNNL_ARG_TO, product->b}};

  // Only read, though the interface knows no constant memory.
  (void)dnnl_memory_set_data_handle(product->weights, (void *)(uintptr_t)b);
  execute(product, product->reorder, arguments, G_N_ELEMENTS(arguments));
}

void
partita_nn_onednn_run(PartitaNnProduct *base,
                      const void *a,
                      const void *b,
                      PartitaReal *c)
{
  OnednnProduct *const product = (OnednnProduct *)base;
  const dnnl_exec_arg_t arguments[] = {
    {DNNL_ARG_SRC, product->a},
    {DNNL_ARG_WEIGHTS, product->b},
    {DNNL_ARG_DST, product->c},
    {DNNL_ARG_SCRATCHPAD, product->scratch},
  };

  (void)dnnl_memory_set_data_handle(product->a, (void *)(uintptr_t)a);
  if (!base->weights)
    (void)dnnl_memory_set_data_handle(product->b, (void *)(uintptr_t)b);
  (void)dnnl_memory_set_data_handle(product->c, c);
  execute(product, product->matmul, arguments, G_N_ELEMENTS(arguments));
}

static bool
measure_half(const PartitaNnProduct *shape, size_t *weights, size_t *scratch)
{
  return partita_nn_onednn_measure(shape, false, weights, scratch);
}

static PartitaNnProduct *
new_half(const PartitaNnProduct *shape)
{
  return partita_nn_onednn_new(shape, false);
}

static void
set_half_weights(PartitaNnProduct *product, const PartitaReal *b)
{
  partita_nn_onednn_set_weights(product, b);
}

static void
run_half(PartitaNnProduct *product,
         const PartitaNnOperand *a,
         const PartitaNnOperand *b,
         PartitaReal *c)
{
  partita_nn_onednn_run(product, a->half, b == NULL ? NULL : b->half, c);
}

const PartitaNnBackend partita_nn_onednn = {
  .name = "onednn",
  .precision = "bf16",
  .half = true,
  .fits = partita_nn_onednn_fits,
  .measure = measure_half,
  .product_new = new_half,
  .product_free = partita_nn_onednn_free,
  .set_weights = set_half_weights,
  .run = run_half,
};
