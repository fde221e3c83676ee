/* SPDX-License-Identifier: MIT
 *
 * Private to export: the functions behind the rows of export_formats.
 */
#ifndef EXPORT_WRITERS_H
#define EXPORT_WRITERS_H

#include "export/export.h"

void none_begin(struct buf *out, const struct column *columns, size_t n, const struct writer_options *o);
void none_end(struct buf *out, const struct writer_options *o);

void text_begin(struct buf *out, const struct column *columns, size_t n, const struct writer_options *o);
void text_row(struct buf *out, const struct table *t, size_t row, const struct writer_options *o, bool first);
void text_end(struct buf *out, const struct writer_options *o);

void csv_begin(struct buf *out, const struct column *columns, size_t n, const struct writer_options *o);
void csv_row(struct buf *out, const struct table *t, size_t row, const struct writer_options *o, bool first);
void tsv_begin(struct buf *out, const struct column *columns, size_t n, const struct writer_options *o);
void tsv_row(struct buf *out, const struct table *t, size_t row, const struct writer_options *o, bool first);

void json_begin(struct buf *out, const struct column *columns, size_t n, const struct writer_options *o);
void json_row(struct buf *out, const struct table *t, size_t row, const struct writer_options *o, bool first);
void json_end(struct buf *out, const struct writer_options *o);
void jsonl_row(struct buf *out, const struct table *t, size_t row, const struct writer_options *o, bool first);

void md_begin(struct buf *out, const struct column *columns, size_t n, const struct writer_options *o);
void md_row(struct buf *out, const struct table *t, size_t row, const struct writer_options *o, bool first);

#endif
