// SPDX-License-Identifier: GPL-3.0-or-later
// Linked with every object of the backend and nothing else: links only if the backend can do without a GUI.
int main()
{
    return 0;
}
