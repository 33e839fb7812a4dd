// Copies of the sources in which a test builds.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../../', import.meta.url))

const parts = ['CMakeLists.txt', 'CMakePresets.json', 'dev', 'bff', 'clients', 'composites',
  'fixtures', 'tests/build', 'tests/dev', 'tests/e2e/lib', 'tests/layers.sh', 'tests/names.sh',
  'tests/comments.sh', 'docs/first-composite.md', '.clang-format', '.clang-tidy', '.gitignore']

// What stands in the copy's CMakeLists.txt so that the server itself is not compiled once more: its
// objects are those of `builds`, which has been built already. Objects of sources that have gone since
// are left out.
const made = builds => `function(bff_use_objects name)
    file(GLOB_RECURSE objects ${builds}/CMakeFiles/\${name}.dir/*.o)
    foreach(object \${objects})
        string(REGEX REPLACE "^.*/\${name}\\\\.dir/(.*)\\\\.o$" "\\\\1" source \${object})
        if(NOT EXISTS \${CMAKE_SOURCE_DIR}/\${source} AND NOT EXISTS ${builds}/\${source})
            list(REMOVE_ITEM objects \${object})
        endif()
    endforeach()
    add_library(\${name} OBJECT IMPORTED)
    set_property(TARGET \${name} PROPERTY IMPORTED_OBJECTS \${objects})
    target_link_libraries(\${name} INTERFACE bff_settings)
    set(BFF_OBJECTS \${BFF_OBJECTS} \${name} PARENT_SCOPE)
endfunction()
`

// Copies the sources to `place`, without their tests. What is in `more` is copied, too.
export function copyTree(place, builds, more = []) {
  const write = (name, text) => writeFileSync(path.join(place, name), text)
  for (const name of [...parts, ...more])
    cpSync(path.join(root, name), path.join(place, name), { recursive: true })
  write('tests/CMakeLists.txt', '')
  write('CMakeLists.txt', readFileSync(path.join(root, 'CMakeLists.txt'), 'utf8')
    .replace(/^foreach\(layer/m, `${made(builds)}$&`)
    .replace(/bff_add_objects\((bff_\$\{layer\}|bff_mock) .*\)/g, 'bff_use_objects($1)'))
}
