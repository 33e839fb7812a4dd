# Reads the output of a build that has failed, and prints each mistake once: the place, the row of the
# table, the line with an arrow, what the compiler says, and what is usually meant. ./dev uses it. The
# command lines of the compiler are left out. Output that no compiler made is printed as it is.
#
# The compiler must run with LC_ALL=C, so that its quotes are ASCII. With -v as=json, each mistake is
# a line of JSON: file, line, column, row, message, remedy, picture. Without its own place, file is "".

# ---- what is usually meant -------------------------------------------------------------------------

# The first line that fits decides. `said` is what the compiler says, `code` is the line of the file,
# `is_inside` is true in the body of a function.
function meant(said, code, is_inside, name, hint) {
    name = quoted(said)
    hint = meant_anywhere(said, code, name)
    if (hint == "" && is_inside) hint = meant_in_function(said, code, name)
    return hint == "" ? meant_in_table(said, code, name) : hint
}

function meant_anywhere(said, code, name) {
    if (said ~ /^unknown type name/ && name ~ /^(json|text|json_print|bff_[a-z]+)$/)
        return "the word struct is missing: struct " name
    if (said ~ /^unknown type name 'function'/)
        return "a function begins with: static void user(struct bff_ask *ask)"
    if (said ~ /forbids nested functions|^invalid storage class for function/)
        return "a } is missing: the function above does not end"
    if (said ~ /^expected identifier or '\(' before '}'/)
        return "there is one } too many"
    if (said ~ /^unused parameter/)
        return "write (void)" name "; in a function that does not need " name
    return ""
}

function meant_in_function(said, code, name) {
    if (code ~ /=>|===|!==/)
        return ""
    if (code ~ /for *\(/ && said ~ /^unknown type name|^type defaults to 'int'/)
        return "a list is read item by item with: json_each (item, list) { ... }"
    if (said ~ /^unknown type name '(let|var)'|^type defaults to 'int'/)
        return "a variable begins with its type: struct json item = ...   (C has no let, var or const alone)"
    if (said ~ /^unknown type name '(string|String)'/)
        return "the type of a text is struct text"
    if (said ~ /^'(null|undefined)' undeclared/)
        return "json_is(value, JSON_NULL) is true for null, json_is(value, JSON_NONE) for a value that does not exist, and json_print_null(out) prints null"
    if (said ~ /^this 'for' clause does not guard/)
        return "there is no semicolon after json_each (...)"
    if (said ~ /^expected ',' or ';'/)
        return "a semicolon is missing at the end of the line before " name
    if (said ~ / undeclared / && said !~ /; did you mean/ && code ~ ("(^|[ (])" name " *=[^=]"))
        return "a variable begins with its type: struct json " name " = ..."
    if (said ~ / undeclared / && said !~ /; did you mean/)
        return name " is misspelt, or a line above that begins with its type is missing: struct json " name " = ..."
    if (said ~ /^'return' with a value/)
        return "this function returns nothing: the function of a field prints its value"
    if (said ~ /^'struct json' has no member/)
        return "a member of JSON is read with json_get(value, \"" name_of_member(said) "\")"
    if (said ~ /^subscripted value/)
        return "an item of a JSON list is read with json_item(list, 0)"
    if (said ~ /^incompatible type for argument 2 of 'json_print_string'/)
        return "a constant text is TEXT(\"...\"), and the text of a JSON value is json_text(value, out->pool)"
    if (said ~ /^incompatible type for argument/)
        return "a constant text is TEXT(\"...\"). A JSON value becomes text with ask_text(ask, value), in the function of a field with json_text(value, out->pool)"
    if (said ~ /^invalid operands to binary [=!]=/)
        return "JSON and text are not compared with == or !=: json_is(value, JSON_NONE), text_is(text, \"delivered\")"
    if (said ~ /is a pointer; did you mean to use '->'/)
        return "write " name "-> instead of " name "."
    return ""
}

# The second name in quotes.
function name_of_member(said) {
    sub(/^'[^']*'/, "", said)
    return quoted(said)
}

function meant_in_table(said, code, name) {
    if (code ~ /=>/)
        return "C has no arrow functions. Write: static void user(struct bff_ask *ask) { ... }"
    if (said ~ /unknown type name '(let|var|function)'/ || said ~ /type defaults to 'int'/)
        return "a table begins with: static const struct bff_part parts[] = {   (C has no let, var or const alone)"
    if (code ~ /===|!==/)
        return "C compares with == and !="
    if (said ~ /character constant|from 'int' makes pointer/ && code ~ /'/)
        return "text needs double quotes: \"user\", not 'user'"
    if (said ~ /missing terminating/)
        return "a quote is missing at the end of a text"
    if (said ~ /^stray/)
        return "a character that C does not know. Text needs plain double quotes: \"user\""
    if (said ~ /obsolete use of designated initializer/)
        return "a column is written .ask = user, not ask: user"
    if (said ~ /^missing braces around initializer/)
        return "a table needs BFF_TABLE: .parts = BFF_TABLE(parts)"
    if (said ~ /^initialization of 'unsigned int' from 'char|^initialization of 'int' from 'char/)
        return code ~ /= *"[0-9]+"/ ? "a number has no quotes" : "this column takes a number"
    if (said ~ /^incompatible types when initializing type 'enum /)
        return "this column takes a word without quotes: " words_of(name_of_type(said))
    if (said ~ /^initialization of 'void \(\*\)\(struct bff_ask \*\)/)
        return "the column takes a function of this file, which calls that one: static void user(struct bff_ask *ask) { ... }"
    if (said ~ /(braces around|excess elements in) scalar initializer/)
        return "a column takes one text without braces: .pick = \"id name\""
    if (said ~ /^initialization of 'void \(\*\)\(struct json_print/)
        return "a function in .print gets one value; a function in .print_all gets an array of values and a place"
    if (said ~ /^request for member/)
        return "the comma before ." name " is missing"
    if (said ~ /^expected '}' before '{'/)
        return "the comma at the end of the row above is missing"
    if (said ~ /^expected '}' before ';'/)
        return "columns and rows end with a comma, not with a semicolon"
    if (said ~ /^expected '}' before string constant/ || said ~ /^expected '}' before '\.'/)
        return "a comma is missing before this place"
    if (said ~ /^expected ',' or ';'/)
        return "the } at the end of the table above needs a ; after it"
    if (said ~ /^expected ';'/)
        return "a call ends with a semicolon"
    if (said ~ /^expected '\)'/)
        return "a closing parenthesis is missing: each ( needs its )"
    if (code ~ /= *(\[\]|\{\})/)
        return "a fallback is JSON text: .fallback = \"[]\""
    if (said ~ /^'(null|undefined)' undeclared/)
        return "a fallback is JSON text: .fallback = \"null\". For no value at all, leave the column out"
    if (said ~ /initializer element is not (computable|constant)/ && code ~ /"(true|false)"/)
        return "true and false have no quotes"
    if (said ~ /^invalid operands to binary \+/)
        return "C does not join texts with +. Write one text, or two beside each other: \"a\" \"b\""
    if (said ~ /^too few arguments to function/ && code ~ /\.[a-z_]+ = [a-z_]+\(\)/)
        return "the column takes the name of the function, without ()"
    if (said ~ /^(passing argument 1 of|too few arguments to function) '(ask|json_print)_/)
        return "the first argument is missing: ask for a function ask_..., out for a function json_print_..."
    if (said ~ /^(too few|too many) arguments|^passing argument/)
        return "the header that declares " name " shows its arguments"
    if (said ~ /: No such file or directory/)
        return "there is no such file. " files_like(said)
    if (said ~ /; did you mean '/ && said ~ /undeclared/)
        return name " is misspelt" proposal(said)
    if (said ~ / undeclared / && code ~ ("[ {,]" name " *=[^=]"))
        return "a column begins with a dot: ." name " = ..."
    if (said ~ /undeclared here/ && code ~ ("&" name))
        return "no header declares " name ": is its line in composites.h there, and spelt the same?"
    if (said ~ /implicit declaration of function/)
        return missing_include(said, name)
    if (said ~ /undeclared/)
        return name " is misspelt, or is defined below this place: a function stands above the table"
    if (said ~ /has no member named/)
        return "the column is misspelt" proposal(said) ". bff/compose/compose.h explains all columns"
    if (said ~ /^'(parts|fields)' defined but not used/)
        return "." name " = BFF_TABLE(" name ") is missing in the composite"
    if (said ~ /defined but not used/)
        return "no row names this function: is a row missing?"
    if (said ~ /^undefined reference/)
        return "a header declares " name ", but no file defines it: is it spelt the same in both?"
    if (said ~ /^multiple definition/)
        return "two files define " name ": give one of them another name"
    return ""
}

function missing_include(said, name, command, header) {
    command = "grep -lsw " name " clients/*.h bff/compose/compose.h bff/json/*.h"
    if (name !~ /^[A-Za-z_0-9]+$/ || (command | getline header) <= 0)
        return name " is misspelt" proposal(said, name) ", or the #include of its file in clients/ is missing"
    close(command)
    return "the line is missing: #include \"" header "\""
}

# What the compiler proposes, or else the function of the headers that has most words in common with
# ${name}: getParam has one with ask_param.
function proposal(said, name) {
    if (match(said, /did you mean '[^']*'/))
        return " (did you mean " substr(said, RSTART + 14, RLENGTH - 15) "?)"
    name = name == "" ? "" : nearest(name)
    return name == "" ? "" : " (did you mean " name "?)"
}

function nearest(name, command, each, best, most, found) {
    command = "grep -ohE '[a-z]+_[a-z_0-9]+\\((struct|const) ' clients/*.h bff/compose/compose*.h bff/json/json.h bff/json/json_print.h bff/base/text.h"
    while ((command | getline each) > 0) {
        sub(/\(.*/, "", each)
        found = in_common(name, each)
        if (found > most) {
            most = found
            best = each
        }
    }
    close(command)
    return most >= 1 ? best : ""
}

# How many words both names have, less a little for each other word.
function in_common(name, other, words, others, count, i, j, sum) {
    while (match(name, /[a-z][A-Z]/))
        name = substr(name, 1, RSTART) "_" substr(name, RSTART + 1)
    count = split(tolower(name), words, "_")
    j = split(other, others, "_")
    sum = -(count + j) / 10
    for (i = 1; i <= count; i++)
        for (j in others)
            if (is_same_word(words[i], others[j])) sum += words[i] == "get" ? 0.5 : 1.5
    return sum
}

function is_same_word(a, b) { return a == b || a "s" == b || a == b "s" }

function name_of_type(said) {
    sub(/^.*'enum /, "", said)
    sub(/'.*/, "", said)
    return said
}

# The words of an enum of compose.h.
function words_of(type, command, line, is_in, list, word) {
    command = "cat bff/compose/compose*.h"
    while ((command | getline line) > 0) {
        if (line ~ ("^enum " type " ")) is_in = 1
        while (is_in && match(line, /BFF_[A-Z_]+/)) {
            word = substr(line, RSTART, RLENGTH)
            if (word !~ /_MISSING$/) list = list (list == "" ? "" : ", ") word
            line = substr(line, RSTART + RLENGTH)
        }
        if (line ~ /};/) is_in = 0
    }
    close(command)
    return list
}

function files_like(said, folder, command, each, list) {
    folder = said
    sub(/: No such file.*/, "", folder)
    sub(/\/?[^\/]*$/, "", folder)
    if (folder !~ /^[a-z_\/]+$/) return "Is its folder there, as in \"clients/users.h\"?"
    command = "ls " folder " 2>/dev/null"
    while ((command | getline each) > 0)
        if (each ~ /\.h$/) list = list " " each
    close(command)
    return folder " has" (list == "" ? " none" : list)
}

# ---- reading ---------------------------------------------------------------------------------------

# The name in the first pair of quotes of the compiler's text. gcc's linker writes `name'.
function quoted(said) {
    if (!match(said, /[`'][A-Za-z_0-9]+'/)) return ""
    return substr(said, RSTART + 1, RLENGTH - 2)
}

function begin(file, line, said, column) {
    count++
    column_of[count] = column
    file_of[count] = file
    line_of[count] = line
    said_of[count] = said
    picture[count] = ""
    is_inside[count] = is_in_function
    open = count
}

# file:line:column: error: text
function is_error(place, parts) {
    if (!match($0, /^[^ :]+:[0-9]+:[0-9]+: (fatal )?error: /)) return 0
    place = substr($0, 1, RLENGTH)
    split(place, parts, ":")
    said = substr($0, RLENGTH + 1)
    sub(/ \[-W[^]]*\]$/, "", said)
    begin(parts[1], parts[2], said, parts[3])
    return 1
}

# .../ld: file.c:12: undefined reference to `name', and as lld writes it: undefined symbol: name
function is_link_error(said) {
    if (match($0, /(undefined reference to|multiple definition of) [`'][^']*'/))
        said = substr($0, RSTART, RLENGTH)
    else if (match($0, /^ld\.lld: error: (undefined|duplicate) symbol: [A-Za-z_0-9]+/))
        said = lld_said(substr($0, RSTART, RLENGTH))
    else
        return 0
    if (seen[said]++) return 1
    begin("", 0, said)
    open = 0
    return 1
}

function lld_said(text, name) {
    name = text
    sub(/^.*: /, "", name)
    return (text ~ /undefined/ ? "undefined reference to `" : "multiple definition of `") name "'"
}

/^FAILED: / { is_command = 1; is_in_function = 0; open = 0; next }
is_command { is_command = 0; next }
/^\[[0-9]+\/[0-9]+\]/ || /^-- / || /^ninja: / { open = 0; next }
/^cc1: |^collect2: |^>>> |: in function .*:$|^[0-9]+ errors? generated/ { open = 0; next }
/: In function '|: At top level:/ { is_in_function = /: In function '/; open = 0; next }
/^In file included from|^ +from / { open = 0; next }
is_error() || is_link_error() { next }
# A mistake in the use of json_each is one of the file that uses it.
/^[^ :]+:[0-9]+:[0-9]+: note: in expansion of macro 'json_each'/ && count && file_of[count] ~ /json\/json\.h$/ {
    split($0, place_of_use, ":")
    file_of[count] = place_of_use[1]
    line_of[count] = place_of_use[2]
    column_of[count] = place_of_use[3]
    picture[count] = ""
    lines[count] = 0
    open = count
    next
}
/^[^ :]+:[0-9]+(:[0-9]+)?: (note|warning): / { open = 0; is_note = 1; next }
/^ +[0-9]* \|/ || open {
    # The first two lines: the code, and the arrow. More lines are proposals of the compiler.
    if (open && lines[open]++ < 2) picture[open] = picture[open] $0 "\n"
    next
}
{ others = others $0 "\n" }

# ---- printing --------------------------------------------------------------------------------------

function source_line(file, line, text, i) {
    for (i = 0; i < line && (getline text < file) > 0; i++) text_of[file, i + 1] = text
    close(file)
    return text_of[file, line]
}

# The name of the row that contains the line, or "".
function row(file, line, i, text) {
    for (i = line; i > 0 && i > line - 12; i--) {
        text = text_of[file, i]
        if (i < line && text ~ /\}[,;]? *$/) return ""
        if (match(text, /\{ *\.name *= *[^A-Za-z0-9_ ]*[A-Za-z0-9_]+/)) {
            text = substr(text, RSTART, RLENGTH)
            match(text, /[A-Za-z0-9_]+$/)
            return substr(text, RSTART)
        }
    }
    return ""
}

# Errors that only follow from an earlier one of the file are left out: all of them after the parser
# has lost its way, functions that are not used because a row was not understood, and BFF_TABLE of a
# table that was not understood.
function follows(i, file) {
    file = file_of[i]
    if (file == "") return 0
    if (is_lost[file] || line_of[i] == last_line[file] || same[file, said_of[i]]++) return 1
    if (shown[file] && said_of[i] ~ /defined but not used|shadows|^unused|set but not used/) return 1
    if (is_any_shown && file ~ /compose\/compose\.h$/) return 1
    last_line[file] = line_of[i]
    is_any_shown = 1
    shown[file]++
    if (said_of[i] ~ /^expected|^unknown type name|^type defaults|^stray|missing terminating|does not guard|nested functions/)
        is_lost[file] = 1
    return shown[file] > 5
}

# One line of code often gets several messages. The first one that has an explanation is shown.
function best(i, code, j) {
    for (j = i; j <= count && file_of[j] == file_of[i] && line_of[j] == line_of[i]; j++)
        if (meant(said_of[j], code, is_inside[j]) != "" &&
            said_of[j] ~ /missing terminating|character constant|^expected '\)'/)
            return j
    for (j = i; j <= count && file_of[j] == file_of[i] && line_of[j] == line_of[i]; j++)
        if (meant(said_of[j], code, is_inside[j]) != "") return j
    return i
}

function json(text) {
    gsub(/[\\"]/, "\\\\&", text)
    gsub(/\t/, "    ", text)
    gsub(/\n/, "\\n", text)
    gsub(/[\001-\037]/, "", text)
    return "\"" text "\""
}

function show_json(i, name, said, hint) {
    printf "{\"file\":%s,\"line\":%d,\"column\":%d,\"row\":%s,\"message\":%s,\"remedy\":%s,\"picture\":%s}\n",
        json(file_of[i]), line_of[i], column_of[i], json(name), json(said), json(hint), json(picture[i])
}

function show(i, code, name, hint, j) {
    code = file_of[i] == "" ? "" : source_line(file_of[i], line_of[i])
    j = best(i, code)
    hint = meant(said_of[j], code, is_inside[j])
    name = file_of[i] == "" ? "" : row(file_of[i], line_of[i])
    if (as == "json") {
        show_json(j, name, said_of[j], hint)
        return
    }
    if (file_of[i] != "") {
        printf "%s:%d:%s\n", file_of[i], line_of[i], name == "" ? "" : " in the row \"" name "\""
        printf "%s", picture[j]
    }
    print "  the compiler says: " said_of[j]
    if (hint != "") print "  usually: " hint
    print ""
}

END {
    for (i = 1; i <= count; i++)
        if (!follows(i)) show(i)
    if (as != "json") printf "%s", others
    else if (count == 0) {
        file_of[0] = picture[0] = ""
        show_json(0, "", others, "")
    }
}
