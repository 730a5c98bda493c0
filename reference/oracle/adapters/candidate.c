/* A network in C for the oracle. It reads and writes one JSON object per line (PROTOCOL.md). Copy it and put in your own.
 * cc -O2 -o candidate candidate.c -lm && python -m reference check --command ./candidate --hidden sigmoid --output softmax */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static char line[1 << 22];
static double w[1 << 16], x[1 << 16], h[1 << 12], y[1 << 12]; /* the largest sizes */
static int numbers(const char *name, double *to) { /* the numbers of a field; brackets are skipped */
    char *at = strstr(line, name) + strlen(name), *end;
    for (int n = 0;; n++, at = end) {
        to[n] = strtod(at += strspn(at, " :,[]"), &end);
        if (end == at) return n;
    }
}

static void layer(const double *from, int n_from, const double *weights, double *to, int n_to) { /* biases follow the weights */
    for (int t = 0; t < n_to; t++) to[t] = weights[n_from * n_to + t];
    for (int f = 0; f < n_from; f++) for (int t = 0; t < n_to; t++) to[t] += from[f] * weights[f * n_to + t];
}

int main(void) {
    for (char bracket; fgets(line, sizeof line, stdin); fflush(stdout)) {
        if (!strstr(line, "\"softmax\"") || !strstr(line, "\"sigmoid\"")) { puts("{\"skipped\": \"only sigmoid with softmax\"}"); continue; }
        numbers("\"n_inputs\"", x), numbers("\"n_hidden\"", h), numbers("\"n_outputs\"", y), numbers("\"weights\"", w);
        int I = (int)*x, H = (int)*h, O = (int)*y, samples = numbers("\"inputs\"", x) / I;
        int batch = sscanf(strstr(line, "\"inputs\""), "\"inputs\" : [ %c", &bracket) == 1 && bracket == '[';
        fputs(batch ? "{\"o_nodes\": [[" : "{\"o_nodes\": [", stdout);
        for (int s = 0; s < samples; s++) {
            double largest = -INFINITY, total = 0;
            layer(x + s * I, I, w, h, H);
            for (int n = 0; n < H; n++) h[n] = 1 / (1 + exp(-h[n]));
            layer(h, H, w + (I + 1) * H, y, O);
            for (int o = 0; o < O; o++) largest = fmax(largest, y[o]);
            for (int o = 0; o < O; o++) total += y[o] = exp(y[o] - largest);
            for (int o = 0; o < O; o++) printf("%s%.17g", o ? ", " : s ? "], [" : "", y[o] / total);
        }
        puts(batch ? "]]}" : "]}");
    }
}
