-- What wrk sends: a target that it did not send before, as long as all others.
local number = 0

function request()
    number = number + 1
    return wrk.format("GET", string.format("/team/alice/%08d", number))
end
