/* A homework in C: a sigmoid layer, softmax, one sample; one line of JSON in, one line out. REAL is double or float. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tgmath.h>
#ifndef REAL
#define REAL double
#define DIGITS 17
#endif
#define MOST 4096

static char line[1 << 20];

static int read_numbers(const char *key, REAL *values) {
    char *p = strstr(line, key), *end;
    int n = 0;
    for (p = strchr(p, ':') + 1; *p && *p != ']' && *p != '"'; p = end) {
        while (*p == '[' || *p == ',' || *p == ' ') p++;
        values[n] = (REAL)strtod(p, &end);
        if (end == p) break;
        n++;
    }
    return n;
}

static void print_numbers(const char *name, const REAL *values, int n) {
    printf("\"%s\": [", name);
    for (int k = 0; k < n; k++) printf("%s%.*g", k ? ", " : "", DIGITS, (double)values[k]);
    printf("]");
}

int main(void) {
    static REAL w[MOST], x[MOST], t[MOST], z[MOST], a[MOST], y[MOST], error_o[MOST], error_h[MOST], grad[MOST], size[MOST];
    while (fgets(line, sizeof line, stdin)) {
        int n_in, n_hid, n_out, k = 0;
        read_numbers("\"n_inputs\"", size), n_in = (int)size[0];
        read_numbers("\"n_hidden\"", size), n_hid = (int)size[0];
        read_numbers("\"n_outputs\"", size), n_out = (int)size[0];
        read_numbers("\"weights\"", w), read_numbers("\"inputs\"", x), read_numbers("\"targets\"", t);
        const REAL *b1 = w + n_in * n_hid, *v = b1 + n_hid, *b2 = v + n_hid * n_out;
        for (int j = 0; j < n_hid; j++) {
            z[j] = b1[j];
            for (int i = 0; i < n_in; i++) z[j] += w[i * n_hid + j] * x[i];
            a[j] = 1 / (1 + exp(-z[j]));
        }
        REAL sum = 0, loss = 0;
        for (int o = 0; o < n_out; o++) {
            REAL s = b2[o];
            for (int j = 0; j < n_hid; j++) s += v[j * n_out + o] * a[j];
            sum += y[o] = exp(s);
        }
        for (int o = 0; o < n_out; o++) {
            y[o] /= sum;
            if (t[o] != 0) loss -= t[o] * log(y[o]);
            error_o[o] = y[o] - t[o];
        }
        for (int j = 0; j < n_hid; j++) {
            REAL back = 0;
            for (int o = 0; o < n_out; o++) back += v[j * n_out + o] * error_o[o];
            error_h[j] = back * a[j] * (1 - a[j]);
        }
        for (int i = 0; i < n_in; i++) for (int j = 0; j < n_hid; j++) grad[k++] = x[i] * error_h[j];
        for (int j = 0; j < n_hid; j++) grad[k++] = error_h[j];
        for (int j = 0; j < n_hid; j++) for (int o = 0; o < n_out; o++) grad[k++] = a[j] * error_o[o];
        for (int o = 0; o < n_out; o++) grad[k++] = error_o[o];
        printf("{"), print_numbers("h_sums", z, n_hid), printf(", "), print_numbers("h_nodes", a, n_hid);
        printf(", "), print_numbers("o_nodes", y, n_out), printf(", \"loss\": %.*g, ", DIGITS, (double)loss);
        print_numbers("o_deltas", error_o, n_out), printf(", "), print_numbers("h_deltas", error_h, n_hid);
        printf(", "), print_numbers("gradient", grad, k), printf("}\n");
        fflush(stdout);
    }
    return 0;
}
