# Writes ${OUT}, a C file with the texts of the JSON Schema files ${FILES} (separated by commas) and
# the table clients_schemas. So a program has the schemas inside:
#   cmake -DOUT=schemas.c -DFILES=a.schema.json,b.schema.json -P clients/schemas.cmake
string(REPLACE "," ";" FILES "${FILES}")
set(texts "")
set(rows "")
set(count 0)
foreach(file ${FILES})
    cmake_path(GET file FILENAME name)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
    string(APPEND texts "static const unsigned char file_${count}[] = {${bytes}};\n")
    string(APPEND rows
        "    {\"${name}\", (const char *)file_${count}, sizeof(file_${count})},\n")
    math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUT} "#include \"clients/schemas.h\"\n\n${texts}
static const struct bff_schema rows[] = {\n${rows}    {0},\n};

const struct bff_schemas clients_schemas = {rows, ${count}};\n")
