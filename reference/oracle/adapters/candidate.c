/* A network in C that the oracle can check (PROTOCOL.md): it reads a case per line, as JSON, and writes a line with its answer.
 * It has the forward pass only. Copy it, put your own network into forward(), and change the names that main() accepts.
 *
 * cc -O2 -o candidate candidate.c -lm
 * python -m reference check --command ./candidate --hidden sigmoid --output softmax
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char line[1 << 22];
static double weights[1 << 16], inputs[1 << 16], hidden[1 << 12], outputs[1 << 12];

/* Compute the sum of each target node. The matrix has a row for each source node. The biases follow the matrix. */
static void layer(const double *from, int n_from, const double *matrix, double *to, int n_to) {
    const double *biases = matrix + n_from * n_to;
    for (int t = 0; t < n_to; t++) {
        to[t] = biases[t];
        for (int f = 0; f < n_from; f++) to[t] += from[f] * matrix[f * n_to + t];
    }
}

static void forward(const double *sample, int n_inputs, int n_hidden, int n_outputs) {
    layer(sample, n_inputs, weights, hidden, n_hidden);
    for (int h = 0; h < n_hidden; h++) hidden[h] = 1 / (1 + exp(-hidden[h]));
    layer(hidden, n_hidden, weights + (n_inputs + 1) * n_hidden, outputs, n_outputs);
    double largest = outputs[0], total = 0;
    for (int o = 1; o < n_outputs; o++) largest = fmax(largest, outputs[o]);
    for (int o = 0; o < n_outputs; o++) total += outputs[o] = exp(outputs[o] - largest);
    for (int o = 0; o < n_outputs; o++) outputs[o] /= total;
}

/* Return the text after a field's name and colon. */
static char *field(const char *name) {
    char *at = strstr(line, name) + strlen(name);
    return at + strspn(at, " :");
}

/* Read all numbers of a field, from a flat or a nested list, and return how many there are. */
static int read_numbers(const char *name, double *numbers) {
    char *at = field(name), *end;
    for (int n = 0;; n++, at = end) {
        at += strspn(at, " ,[]");
        double number = strtod(at, &end);
        if (end == at) return n;
        numbers[n] = number;
    }
}

static void write_row(const double *row, int size) {
    for (int at = 0; at < size; at++) printf("%s%.17g", at ? ", " : "[", row[at]);
    printf("]");
}

int main(void) {
    while (fgets(line, sizeof line, stdin)) {
        if (strstr(line, "\"sigmoid\"") && strstr(line, "\"softmax\"")) {
            int n_inputs = atoi(field("\"n_inputs\""));
            int n_hidden = atoi(field("\"n_hidden\""));
            int n_outputs = atoi(field("\"n_outputs\""));
            read_numbers("\"weights\"", weights);
            int n_samples = read_numbers("\"inputs\"", inputs) / n_inputs;
            int is_batch = field("\"inputs\"")[1] == '['; /* a list of rows */
            printf("{\"o_nodes\": %s", is_batch ? "[" : "");
            for (int s = 0; s < n_samples; s++) {
                forward(inputs + s * n_inputs, n_inputs, n_hidden, n_outputs);
                if (s) printf(", ");
                write_row(outputs, n_outputs);
            }
            puts(is_batch ? "]}" : "}");
        } else {
            puts("{\"skipped\": \"only sigmoid with softmax\"}");
        }
        fflush(stdout);
    }
}
