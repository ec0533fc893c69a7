SELECT expect_upload(%(key)s);
